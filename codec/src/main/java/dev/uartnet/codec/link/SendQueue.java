package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.codec.TooLongFrameException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait, which shows in the channel's writability, and when the next of them may go: in a session, when the peer's window and buffer
 * have room, the line soon has, and its speed is not being changed (PROTOCOL.md, section 5, "Sending"). On the event loop.
 */
final class SendQueue {
    private final LinkMeter meter;
    private final LinePacer pacer;
    private final SendWindow sent;
    private final FrameWriter frames;
    private final Transmission transmission;
    private final Runnable lineTakesMore = this::lineTakesMore;

    private @Nullable PendingWriteQueue messages;
    private @Nullable Session session;
    private @Nullable SpeedControl speed;
    private LinkConfig line;

    SendQueue(
            LinkMeter meter,
            LinePacer pacer,
            SendWindow sent,
            FrameWriter frames,
            Transmission transmission,
            LinkConfig config) {
        this.meter = meter;
        this.pacer = pacer;
        this.sent = sent;
        this.frames = frames;
        this.transmission = transmission;
        line = config;
    }

    void handlerAdded(ChannelHandlerContext ctx) {
        messages = new PendingWriteQueue(ctx);
    }

    private PendingWriteQueue messages() {
        return Objects.requireNonNull(messages, "the handler is not in a pipeline");
    }

    void begin(Session begun, @Nullable SpeedControl control, LinkConfig atSpeed) {
        session = begun;
        speed = control;
        line = atSpeed;
    }

    /** What waits goes on waiting: for another session, or for {@link #fail}. */
    void end() {
        session = null;
        speed = null;
    }

    /** The line has another speed. */
    void lineChanged(LinkConfig atSpeed) {
        line = atSpeed;
    }

    void add(ByteBuf message, ChannelPromise promise) {
        messages().add(message, promise);
    }

    void fail(FrameNotSentException cause) {
        messages().removeAndFailAll(cause);
    }

    int size() {
        return messages().size();
    }

    /** Sends what may go now; the caller flushes. */
    void send() {
        PendingWriteQueue waiting = messages();
        Session open = speed != null && speed.holdsData() ? null : session;
        while (open != null && waiting.current() instanceof ByteBuf message) {
            int size = message.readableBytes();
            if (size > open.maxPayload()) {
                waiting.removeAndFail(new TooLongFrameException(
                        "a message of " + size + " bytes: the other end takes at most " + open.maxPayload()));
                open = session;
                continue;
            }
            int cost = size + FrameCodec.OVERHEAD_BYTES;
            if (!sent.hasRoom(open, cost, line)) {
                if (sent.fillsPeer(open, cost)) {
                    meter.windowFull(frames.nanoTime());
                }
                return;
            }
            long now = frames.nanoTime();
            meter.windowOpen(now);
            if (!pacer.admits(now)) {
                pacer.await(frames.ctx().executor(), now, lineTakesMore);
                return;
            }
            meter.messageSent(size);
            message.retain();
            ChannelPromise promise = waiting.remove();
            transmission.send(message, cost, promise, now);
            // A failing write may have ended the session.
            open = session;
        }
    }

    private void lineTakesMore() {
        send();
        frames.ctx().flush();
    }

    /** There may be room for more, in the middle of a read. */
    void sendMore() {
        if (!messages().isEmpty()) {
            send();
            frames.flushLater();
        }
    }
}
