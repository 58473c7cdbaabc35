package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way down: every frame that leaves this end passes here, and is counted. In a session each has its tag, this end's next number, and the
 * number that it waits for, and so acknowledges, whatever its type (PROTOCOL.md, section 3). On the event loop.
 */
final class FrameWriter {
    private final LinkMeter meter;
    private final LinePacer pacer;
    private final SendWindow sent;
    private final ReceiveWindow received;
    private final OwedAcknowledgement owed;

    private @Nullable ChannelHandlerContext context;
    /** 0: there is no session. */
    private int tag;
    /** Something was written that {@link #flushWritten} is to flush. */
    private boolean written;

    FrameWriter(LinkMeter meter, LinePacer pacer, SendWindow sent, ReceiveWindow received, OwedAcknowledgement owed) {
        this.meter = meter;
        this.pacer = pacer;
        this.sent = sent;
        this.received = received;
        this.owed = owed;
    }

    void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    ChannelHandlerContext ctx() {
        return Objects.requireNonNull(context, "the handler is not in a pipeline");
    }

    /** The time, in nanoseconds of the event loop's clock. */
    long nanoTime() {
        return ctx().executor().ticker().nanoTime();
    }

    void begin(int sessionTag) {
        tag = sessionTag;
    }

    void end() {
        tag = 0;
    }

    // ---- in a session

    /** Sends a DATA frame, for the first time or again; takes over the message's reference. */
    void data(int seq, ByteBuf message, ChannelPromise promise) {
        if (!received.hasGap()) {
            owed.paid(); // Only an ACK can report a gap.
        }
        write(FrameCodec.encode(ctx().alloc(), FrameType.DATA, tag, seq, received.expected(), message), promise);
    }

    /** Sends a frame of the link's own, which {@link #flushWritten} flushes; nothing without a session. */
    void send(FrameType type) {
        if (tag == 0) {
            return;
        }
        ByteBufAllocator alloc = ctx().alloc();
        int ack = received.expected();
        ByteBuf frame;
        if (type == FrameType.ACK && received.hasGap()) {
            frame = FrameCodec.encode(alloc, type, tag, sent.next(), ack, received.report(alloc));
        } else {
            frame = FrameCodec.header(alloc, type, tag, sent.next(), ack);
        }
        if (type == FrameType.ACK) {
            owed.paid();
        }
        write(frame, ctx().voidPromise());
        written = true;
    }

    /** The same, at once. */
    void sendNow(FrameType type) {
        send(type);
        written = false;
        ctx().flush();
    }

    /** Sends a frame of a change of speed. */
    ChannelFuture send(SpeedProposal proposal) {
        if (tag == 0) {
            return ctx().newFailedFuture(new LinkException("there is no session"));
        }
        ByteBuf payload = Unpooled.wrappedBuffer(proposal.encode());
        ChannelPromise promise = ctx().newPromise();
        write(
                FrameCodec.encode(ctx().alloc(), FrameType.SPEED, tag, sent.next(), received.expected(), payload),
                promise);
        ctx().flush();
        return promise;
    }

    // ---- where a session begins and ends

    /** Sends HELLO or WELCOME. */
    void greet(FrameType type, int offeredTag, byte[] greeting) {
        ByteBuf payload = Unpooled.wrappedBuffer(greeting);
        write(FrameCodec.encode(ctx().alloc(), type, offeredTag, 0, 0, payload), ctx().voidPromise());
        ctx().flush();
    }

    /** Sends RESET for a session, which need not be this end's, or for none (0). */
    void reset(int ofTag, Reset reset, ChannelPromise promise) {
        int seq = ofTag == 0 ? 0 : sent.next();
        int ack = ofTag == 0 ? 0 : received.expected();
        ByteBuf payload = Unpooled.wrappedBuffer(reset.encode());
        write(FrameCodec.encode(ctx().alloc(), FrameType.RESET, ofTag, seq, ack, payload), promise);
        ctx().flush();
    }

    ChannelFuture reset(int ofTag, Reset reset) {
        ChannelPromise promise = ctx().newPromise();
        reset(ofTag, reset, promise);
        return promise;
    }

    private void write(ByteBuf frame, ChannelPromise promise) {
        meter.frameSent();
        ctx().write(frame, promise);
        pacer.sent(nanoTime());
    }

    // ---- flushing: once for what a read has brought about

    void flushLater() {
        written = true;
    }

    /** Flushes if anything was written that nobody has flushed. */
    void flushWritten() {
        if (written) {
            written = false;
            ctx().flush();
        }
    }
}
