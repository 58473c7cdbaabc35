package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The DATA frames on their way: sends each, and again when the peer reports it missing or one timer for the oldest runs out, where the session repeats
 * frames; learns from acknowledgements how long they take, and from losses how large they had best be (PROTOCOL.md, section 5). On the event loop.
 */
final class Transmission {
    private final LinkMeter meter;
    private final LinePacer pacer;
    private final SendWindow sent;
    private final FrameWriter frames;
    private final FrameSize frameSize = new FrameSize();
    private final RestartableTimer timer = new RestartableTimer(this::notAcknowledged);
    private final IntConsumer repeatLost = this::repeatLost;

    private RoundTrip roundTrip;
    /** There is a session, and it repeats frames. */
    private boolean repeats;

    private @Nullable SpeedControl speed;

    Transmission(LinkMeter meter, LinePacer pacer, SendWindow sent, FrameWriter frames, LinkConfig config) {
        this.meter = meter;
        this.pacer = pacer;
        this.sent = sent;
        this.frames = frames;
        roundTrip = new RoundTrip(config.timeoutFloorNanos(), meter.roundTrips());
    }

    /** @param repeating whether the session repeats frames */
    void begin(boolean repeating, @Nullable SpeedControl control, LinkConfig atSpeed) {
        repeats = repeating;
        speed = control;
        sent.clear();
        roundTrip = new RoundTrip(atSpeed.timeoutFloorNanos(), meter.roundTrips());
    }

    void end() {
        repeats = false;
        speed = null;
        sent.clear();
        timer.stop();
    }

    /** Returns the best size of a payload now, at most {@code max}. */
    int payloadBytes(int max) {
        return frameSize.payloadBytes(max);
    }

    /** The line has another speed. */
    void lineChanged(LinkConfig atSpeed) {
        roundTrip.floor(atSpeed.timeoutFloorNanos());
    }

    // ---- out

    /**
     * Sends a message for the first time, in a session.
     *
     * @param cost payload and overhead
     */
    void send(ByteBuf message, int cost, ChannelPromise promise, long now) {
        boolean first = sent.isEmpty();
        int seq = sent.add(repeats ? message.retain() : null, cost, now);
        write(seq, message, promise);
        if (first) {
            awaitAcknowledgement();
        }
    }

    private void repeat(int seq) {
        if (repeats && !isHeld()) {
            meter.retransmit();
            ByteBuf message = sent.repeat(seq, frames.nanoTime());
            write(seq, message, frames.ctx().channel().unsafe().voidPromise());
            frames.flushLater();
        }
    }

    private boolean isHeld() {
        return speed != null && speed.holdsRepeats();
    }

    private void write(int seq, ByteBuf message, ChannelPromise promise) {
        frameSize.sent(sent.size(seq));
        if (speed != null) {
            speed.sent();
        }
        frames.data(seq, message, promise);
    }

    // ---- what the peer says of it

    /**
     * The peer waits for {@code ack}.
     *
     * @return whether there was progress: there may be room for more now
     */
    boolean acknowledged(int ack) {
        if (!sent.acknowledged(ack, frames.nanoTime(), roundTrip, pacer)) {
            return false;
        }
        awaitAcknowledgement();
        if (speed != null) {
            speed.progress();
        }
        return true;
    }

    /** The peer's gap report, in a session that repeats frames. */
    void reported(ByteBuf report) {
        sent.report(report, frames.nanoTime(), roundTrip, repeatLost);
    }

    private void repeatLost(int seq) {
        frameSize.lost();
        if (speed != null) {
            speed.lost();
        }
        repeat(seq);
    }

    // ---- when it says nothing

    /** One timer for the oldest frame that is not acknowledged (RFC 6298, section 5). */
    void awaitAcknowledgement() {
        if (repeats && !sent.isEmpty()) {
            long due = sent.oldestSentNanos() + roundTrip.timeout();
            timer.set(frames.ctx().executor(), due - frames.nanoTime());
        } else {
            timer.clear();
        }
    }

    private void notAcknowledged() {
        if (!repeats || sent.isEmpty() || isHeld()) {
            return; // once the speed is changed, the timer starts again
        }
        if (sent.oldestSentNanos() + roundTrip.timeout() - frames.nanoTime() > 0) {
            awaitAcknowledgement(); // it was repeated meanwhile, because of a gap report
            return;
        }
        meter.timeout();
        if (speed != null) {
            speed.timeout();
        }
        roundTrip.backOff();
        repeat(sent.timedOut());
        // Its number shows the peer whatever else was lost behind the oldest frame: one report then mends all.
        frames.sendNow(FrameType.PROBE);
        awaitAcknowledgement();
    }
}
