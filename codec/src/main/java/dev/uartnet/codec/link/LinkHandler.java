package dev.uartnet.codec.link;

import dev.uartnet.codec.FrameDamaged;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a link do inside a session: number DATA frames, acknowledge, keep to the peer's window, notice gaps, keep
 * alive (PROTOCOL.md, sections 3 and 5). How a session begins differs: {@link HostLinkHandler}, {@link DeviceLinkHandler}.
 *
 * <p>Down: {@link ByteBuf} (one message; queued while the window is full, which shows in the channel's writability) and
 * {@link LinkReset}. Up: {@link ByteBuf} (one message), {@link LinkEstablished}, {@link LinkEnded}. A write's promise succeeds when its
 * frame has gone to the line; {@link FrameNotSentException} means that it never will.
 */
public abstract class LinkHandler extends ChannelDuplexHandler {
    /** How long a closing link waits for its RESET to reach a line that does not take bytes. */
    private static final long CLOSE_GRACE_MILLIS = 200;

    private static final int NUMBERS = 256;
    private static final int SILENT_INTERVALS = 3;

    final LinkConfig config;

    private @Nullable ChannelHandlerContext context;
    private @Nullable PendingWriteQueue queue;
    private @Nullable Session session;
    private @Nullable Throwable lineFailure;
    private boolean closing;

    // Sending: numbers of the next new frame and of the oldest unacknowledged one, and the size of each in between.
    private int nextSeq;
    private int oldestUnacked;
    private int unackedBytes;
    private final int[] unackedSizes = new int[NUMBERS];

    // Receiving: the number that is waited for, and what has arrived since the last acknowledgement.
    private int expected;
    private int owedFrames;
    private int owedBytes;
    private boolean ackAtOnce;
    private boolean flushNeeded;
    private @Nullable Future<?> ackTimer;

    private long lastHeardNanos;
    private @Nullable Future<?> keepaliveTimer;

    private long framesSent;
    private long framesReceived;
    private long damaged;
    private long stale;
    private long ignored;
    private long gaps;
    private long duplicates;

    LinkHandler(LinkConfig config) {
        this.config = config;
    }

    /** Returns what the link has seen so far. Event loop only. */
    public LinkCounters counters() {
        return new LinkCounters(framesSent, framesReceived, damaged, stale, ignored, gaps, duplicates);
    }

    /** Returns the session, or null when there is none. Event loop only. */
    public @Nullable Session session() {
        return session;
    }

    // ---- what the two ends do differently

    /** The channel is active: the host says HELLO, the device that it has booted. */
    abstract void lineUp();

    /** A whole frame that belongs to no session of this end: HELLO, WELCOME, RESET with tag 0, or another tag than the session's. */
    abstract void frameOutsideSession(ByteBuf frame);

    /** The session, or the attempt to open one, has ended; the next frames find none. */
    abstract void sessionEnded();

    /** Why a message cannot even be queued now, or null if it can. */
    abstract @Nullable LinkException refusal();

    /** Whether the line's end concerns anybody: there is a session or an attempt at one. */
    abstract boolean isOpening();

    // ---- lifecycle of the channel

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        queue = new PendingWriteQueue(ctx);
        if (ctx.channel().isActive()) {
            lineUp();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (session != null || isOpening()) {
            end(new LinkException("the link was taken out of its channel's pipeline"));
        }
        queue().removeAndFailAll(new FrameNotSentException(new LinkException("the link is gone")));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        lineUp();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (session != null || isOpening()) {
            Throwable failure = lineFailure;
            String why = closing
                    ? "the connection was closed"
                    : failure == null ? "the line was closed" : "the line failed: " + failure.getMessage();
            end(failure == null ? new LinkException(why) : new LinkException(why, failure));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lineFailure = cause;
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (session == null || closing) {
            ctx.close(promise);
            return;
        }
        closing = true;
        // A line that takes no bytes must not keep the channel open: whichever comes first, the RESET is out or time is
        // up.
        Future<?> grace = ctx.executor().schedule(() -> ctx.close(promise), CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        sendReset(currentTag(), new Reset(ResetReason.CLOSED, 0, bootId(), "")).addListener(sent -> {
            if (grace.cancel(false)) {
                ctx.close(promise);
            }
        });
        ctx.flush();
    }

    // ---- down

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof LinkReset reset) {
            if (session == null) {
                promise.setSuccess();
                return;
            }
            sendReset(currentTag(), new Reset(reset.reason(), 0, bootId(), reset.text()), promise);
            ctx.flush();
            end(new LinkException("the session was ended: " + reset.text()));
            return;
        }
        if (!(msg instanceof ByteBuf message)) {
            ctx.write(msg, promise);
            return;
        }
        LinkException refusal = refusal();
        if (refusal != null) {
            message.release();
            promise.setFailure(new FrameNotSentException(refusal));
            return;
        }
        queue().add(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        sendQueued();
        ctx.flush();
    }

    private void sendQueued() {
        PendingWriteQueue waiting = queue();
        Session open = session;
        while (open != null && waiting.current() instanceof ByteBuf message) {
            int size = message.readableBytes();
            if (size > open.maxPayload()) {
                waiting.removeAndFail(new TooLongFrameException(
                        "a message of " + size + " bytes: the other end takes at most " + open.maxPayload()));
                open = session;
                continue;
            }
            int cost = size + FrameCodec.OVERHEAD_BYTES;
            int unacked = (nextSeq - oldestUnacked) & 0xFF;
            if (unacked >= open.windowFrames() || unackedBytes + cost > open.bufferBytes()) {
                return;
            }
            message.retain();
            ChannelPromise promise = waiting.remove();
            int seq = nextSeq;
            unackedSizes[seq] = cost;
            unackedBytes += cost;
            nextSeq = (seq + 1) & 0xFF;
            acknowledged();
            framesSent++;
            ctx().write(FrameCodec.encode(ctx().alloc(), FrameType.DATA, open.tag(), seq, expected, message), promise);
            // A failing write may have ended the session.
            open = session;
        }
    }

    /** Sends a frame other than DATA in the session. */
    final void send(FrameType type) {
        Session open = session;
        if (open != null) {
            if (type == FrameType.ACK) {
                acknowledged();
            }
            framesSent++;
            ctx().write(FrameCodec.header(ctx().alloc(), type, open.tag(), nextSeq, expected), ctx().voidPromise());
            flushNeeded = true;
        }
    }

    /** Sends a frame with a payload of the handshake. */
    final void send(FrameType type, int tag, byte[] payload) {
        framesSent++;
        ctx().writeAndFlush(
                        FrameCodec.encode(ctx().alloc(), type, tag, 0, 0, Unpooled.wrappedBuffer(payload)),
                        ctx().voidPromise());
    }

    final void sendReset(int tag, Reset reset, ChannelPromise promise) {
        framesSent++;
        int seq = tag == 0 ? 0 : nextSeq;
        int ack = tag == 0 ? 0 : expected;
        ctx().writeAndFlush(
                        FrameCodec.encode(
                                ctx().alloc(), FrameType.RESET, tag, seq, ack, Unpooled.wrappedBuffer(reset.encode())),
                        promise);
    }

    final io.netty.channel.ChannelFuture sendReset(int tag, Reset reset) {
        ChannelPromise promise = ctx().newPromise();
        sendReset(tag, reset, promise);
        return promise;
    }

    // ---- up

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof FrameDamaged) {
            damaged++;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf frame)) {
            ctx.fireChannelRead(msg);
            return;
        }
        ByteBuf message = null;
        try {
            if (FrameCodec.isFrame(frame)) {
                framesReceived++;
                message = receive(frame);
            } else {
                ignored++;
            }
        } finally {
            if (message == null) {
                frame.release();
            }
        }
        if (message != null) {
            // The message shares the frame's reference.
            ctx.fireChannelRead(message);
        }
    }

    private @Nullable ByteBuf receive(ByteBuf frame) {
        FrameType type = FrameCodec.type(frame);
        if (type == FrameType.HELLO
                || type == FrameType.WELCOME
                || session == null
                || FrameCodec.tag(frame) != currentTag()) {
            frameOutsideSession(frame);
            // The first frame with an offered tag begins a session, and is its first frame.
            if (type == FrameType.HELLO
                    || type == FrameType.WELCOME
                    || session == null
                    || FrameCodec.tag(frame) != currentTag()) {
                return null;
            }
        }
        lastHeardNanos = nanoTime();
        if (type == FrameType.RESET) {
            peerReset(frame);
            return null;
        }
        peerAcknowledged(FrameCodec.ack(frame));
        int ahead = (FrameCodec.seq(frame) - expected) & 0xFF;
        if (type == FrameType.DATA && ahead == 0) {
            expected = (expected + 1) & 0xFF;
            ByteBuf message = FrameCodec.payload(frame);
            owedFrames++;
            owedBytes += message.readableBytes() + FrameCodec.OVERHEAD_BYTES;
            return message;
        }
        if (ahead >= NUMBERS / 2) {
            // Behind: a DATA frame that has come before. Another frame's number is never behind on an honest line.
            if (type == FrameType.DATA) {
                duplicates++;
                ackAtOnce = true;
            } else {
                ignored++;
            }
            return null;
        }
        if (ahead > 0) {
            gaps++;
            String lost = "frame " + expected + " of the session was lost on the line"
                    + (damaged > 0 ? " (" + damaged + " damaged frames so far)" : "")
                    + "; check cable, speed and flow control";
            sendReset(currentTag(), new Reset(ResetReason.FRAME_LOST, 0, bootId(), lost));
            end(new FrameLostException(lost));
            return null;
        }
        switch (type) {
            case PROBE -> ackAtOnce = true;
            case SPEED -> ignored++; // The feature SPEED is not offered.
            default -> {}
        }
        return null;
    }

    private void peerReset(ByteBuf frame) {
        Reset reset = Reset.decode(FrameCodec.payload(frame));
        if (reset == null) {
            ignored++;
            return;
        }
        end(resetByPeer(reset));
    }

    static LinkResetException resetByPeer(Reset reset) {
        String what =
                switch (reset.reason()) {
                    case BOOT -> "the device has rebooted";
                    case NO_SESSION ->
                        "the device knows nothing of this session: it has restarted, or another host took over";
                    case CLOSED -> "the other end closed the session";
                    case VERSION ->
                        "the device speaks another version of the protocol than " + Greeting.MAJOR + "."
                                + Greeting.MINOR;
                    case BUSY -> "the device serves another host";
                    case PROTOCOL -> "the other end says that the protocol was violated";
                    case SILENT -> "the other end has not heard this one for too long";
                    case FRAME_LOST ->
                        "the other end says that a frame was lost on the line; check cable, speed and flow control";
                };
        return new LinkResetException(reset.reason(), reset.text().isEmpty() ? what : what + " (" + reset.text() + ")");
    }

    private void peerAcknowledged(int ack) {
        int count = (ack - oldestUnacked) & 0xFF;
        int unacked = (nextSeq - oldestUnacked) & 0xFF;
        if (count == 0) {
            return;
        }
        if (count > unacked) {
            ignored++;
            return;
        }
        for (int i = 0; i < count; i++) {
            unackedBytes -= unackedSizes[(oldestUnacked + i) & 0xFF];
        }
        oldestUnacked = ack;
        if (!queue().isEmpty()) {
            sendQueued();
            flushNeeded = true;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        acknowledgeIfDue();
        ctx.fireChannelReadComplete();
        if (flushNeeded) {
            flushNeeded = false;
            ctx.flush();
        }
    }

    private void acknowledgeIfDue() {
        if (session == null) {
            return;
        }
        int twoFrames = 2 * (config.maxPayload() + FrameCodec.OVERHEAD_BYTES);
        if (ackAtOnce || owedBytes >= twoFrames || owedFrames > config.windowFrames() / 4) {
            send(FrameType.ACK);
        } else if (owedFrames > 0 && ackTimer == null) {
            ackTimer = ctx().executor()
                    .schedule(this::ackDelayPassed, config.ackDelay().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void ackDelayPassed() {
        ackTimer = null;
        if (owedFrames > 0) {
            send(FrameType.ACK);
            flushNeeded = false;
            ctx().flush();
        }
    }

    private void acknowledged() {
        owedFrames = 0;
        owedBytes = 0;
        ackAtOnce = false;
        if (ackTimer != null) {
            ackTimer.cancel(false);
            ackTimer = null;
        }
    }

    // ---- session

    final void begin(Session begun) {
        session = begun;
        nextSeq = 0;
        oldestUnacked = 0;
        unackedBytes = 0;
        expected = 0;
        acknowledged();
        lastHeardNanos = nanoTime();
        keepAliveIn(begun.keepaliveMillis());
    }

    final void announce(Session begun) {
        ctx().fireUserEventTriggered(new LinkEstablished(begun));
        if (currentTag() == begun.tag()) {
            sendQueued();
        }
        ctx().flush();
    }

    private void keepAliveIn(long millis) {
        keepaliveTimer = ctx().executor().schedule(this::keepAlive, Math.max(1, millis), TimeUnit.MILLISECONDS);
    }

    private void keepAlive() {
        Session open = session;
        if (open == null) {
            return;
        }
        long interval = open.keepaliveMillis();
        long silent = TimeUnit.NANOSECONDS.toMillis(nanoTime() - lastHeardNanos);
        if (silent >= SILENT_INTERVALS * interval) {
            String text = "nothing heard for " + silent + " ms";
            sendReset(currentTag(), new Reset(ResetReason.SILENT, 0, bootId(), text));
            end(new LinkSilentException("the other end is gone: " + text));
            return;
        }
        if (silent >= interval) {
            send(FrameType.PROBE);
            flushNeeded = false;
            ctx().flush();
        }
        keepAliveIn(interval - silent % interval);
    }

    /** Ends the session or the attempt at one: whoever waits learns it once. */
    final void end(LinkException cause) {
        session = null;
        acknowledged();
        if (keepaliveTimer != null) {
            keepaliveTimer.cancel(false);
            keepaliveTimer = null;
        }
        sessionEnded();
        queue().removeAndFailAll(new FrameNotSentException(cause));
        ctx().fireUserEventTriggered(new LinkEnded(cause));
    }

    int bootId() {
        return 0;
    }

    final int currentTag() {
        Session open = session;
        return open == null ? 0 : open.tag();
    }

    final long nanoTime() {
        return ctx().executor().ticker().nanoTime();
    }

    final void countStale() {
        stale++;
    }

    final void countIgnored() {
        ignored++;
    }

    final ChannelHandlerContext ctx() {
        return java.util.Objects.requireNonNull(context, "the handler is not in a pipeline");
    }

    private PendingWriteQueue queue() {
        return java.util.Objects.requireNonNull(queue, "the handler is not in a pipeline");
    }
}
