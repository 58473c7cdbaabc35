package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The DATA frames that come: which is the message that is waited for, which waits for its turn, what is missing, and when the peer is told
 * (PROTOCOL.md, section 5). Where the session does not repeat frames, a missing one ends it. On the event loop.
 */
final class Receiver {
    private final LinkMeter meter;
    private final ReceiveWindow received;
    private final OwedAcknowledgement owed;
    private final FrameWriter frames;
    private final SessionAbort session;

    /** There is a session, and it repeats frames. */
    private boolean repeats;

    Receiver(
            LinkMeter meter,
            ReceiveWindow received,
            OwedAcknowledgement owed,
            FrameWriter frames,
            SessionAbort session) {
        this.meter = meter;
        this.received = received;
        this.owed = owed;
        this.frames = frames;
        this.session = session;
    }

    /** @param repeating whether the session repeats frames */
    void begin(boolean repeating) {
        repeats = repeating;
        received.clear();
        owed.paid();
    }

    void end() {
        repeats = false;
        received.clear();
        owed.stop();
    }

    /**
     * A DATA frame has come.
     *
     * @param payload retained here if it is kept
     * @return whether it is the message that is waited for: {@link #next} has those behind it
     */
    boolean data(int seq, ByteBuf payload) {
        switch (received.arrival(seq)) {
            case NEXT -> {
                received.advance();
                owe(payload);
                return true;
            }
            case AHEAD -> {
                if (!repeats) {
                    missing();
                } else if (received.keep(seq, payload)) {
                    owe(payload);
                    received.sent((seq + 1) & 0xFF);
                    missing();
                } else {
                    meter.duplicate();
                    owed.atOnce();
                }
            }
            case DUPLICATE -> {
                meter.duplicate();
                owed.atOnce();
            }
            case OUTSIDE -> meter.ignored();
        }
        return false;
    }

    private void owe(ByteBuf payload) {
        meter.messageReceived(payload.readableBytes());
        owed.arrived(payload.readableBytes() + FrameCodec.OVERHEAD_BYTES);
    }

    /** Returns the next message that came before its turn, and whose turn it is now; null if that has yet to come. */
    @Nullable
    ByteBuf next() {
        return received.poll();
    }

    /** Another frame than DATA has come, by which the peer has sent all numbers before {@code seq}. */
    void sent(int seq) {
        if (received.sent(seq)) {
            missing();
        }
    }

    /** The peer asks for a sign of life. */
    void probed() {
        owed.atOnce();
    }

    private void missing() {
        meter.gap();
        if (repeats) {
            owed.atOnce();
            return;
        }
        String lost = "frame " + received.expected() + " of the session was lost on the line"
                + (meter.damaged() > 0 ? " (" + Count.of(meter.damaged(), "damaged frame") + " so far)" : "")
                + "; check cable, speed and flow control";
        session.abort(ResetReason.FRAME_LOST, lost, new FrameLostException(lost));
    }

    /**
     * Acknowledges what came in a read, in a session, unless that may wait for a frame to ride on.
     *
     * @param delayNanos how long it may wait
     * @param messageComes whether such a frame waits for the line
     */
    void acknowledgeIfDue(EventExecutor loop, long delayNanos, boolean messageComes) {
        if (owed.isDue(loop, delayNanos, messageComes)) {
            frames.send(FrameType.ACK);
        }
    }
}
