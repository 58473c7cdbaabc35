package dev.uartnet.codec.link;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The line's speed in the sessions of one end: what {@link HostSpeedChange} and {@link DeviceSpeedChange} share. Their states and
 * transitions are the tables of PROTOCOL.md, section 6. Lives on the channel's event loop.
 */
abstract class SpeedControl {
    /** Below this, the times of a change are too short for its frames. */
    static final int BAUD_MIN = 9_600;

    static final int BAUD_MAX = 100_000_000;

    /** A SPEED frame on the line, with what SLIP may add. */
    static final int FRAME_BYTES = 20;

    private static final long TRIAL_MILLIS = 500;
    private static final int TRIAL_BYTES = 1_000;

    final LinkHandler link;
    private final LineSpeed line;
    private final int first;
    private int inForce;
    private int lineBaud;
    private @Nullable Future<?> timer;
    /** Tells what was begun in an earlier state, or an earlier session, from what counts now. */
    private int epoch;

    SpeedControl(LinkHandler link, LineSpeed line) {
        this.link = link;
        this.line = line;
        first = link.config.baudRate();
        inForce = first;
        lineBaud = first;
    }

    /** The speed that both ends have agreed on, bits a second. */
    final int inForce() {
        return inForce;
    }

    /** The speed at which the session began. */
    final int first() {
        return first;
    }

    /** The speed that this end's line has, or is about to have: in a trial, not the one in force. */
    final int lineBaud() {
        return lineBaud;
    }

    final boolean allows(int baud) {
        return baud == first || line.allows(baud);
    }

    // ---- what the link asks

    /** New DATA waits. */
    abstract boolean holdsData();

    /** DATA that was sent before is not repeated now, either. */
    abstract boolean holdsRepeats();

    /** Silence means nothing now. */
    abstract boolean isTrial();

    // ---- what the link tells

    /** A valid frame of the session has come. */
    abstract void heard();

    /** A SPEED frame of the session. */
    abstract void received(SpeedProposal proposal);

    /** DATA was acknowledged; perhaps all. */
    abstract void progress();

    /** No acknowledgement came in time. */
    void timeout() {}

    /** A frame that came was damaged. */
    void damaged() {}

    /** DATA has come whole. */
    void arrived() {}

    /** DATA was sent, for the first time or again. */
    void sent() {}

    /** DATA that was sent has been lost. */
    void lost() {}

    /** Nothing was heard for 3/2 keepalive intervals. */
    final void silent() {
        if (inForce != first && !isTrial()) {
            inForce = first;
            fallBack();
            link.speedChanged(new SpeedChanged(first, SpeedChanged.Reason.SILENCE));
        }
    }

    /** Nothing gets through any more: sets the line to the first speed, which is in force again, without a word. */
    abstract void fallBack();

    /** The session is over: back to the speed at which it began. */
    void ended() {
        inForce = first;
        enter();
        if (lineBaud != first) {
            set(first, possible -> {});
        }
    }

    // ---- for the states

    /** A state begins: no timer of an earlier one runs, and nothing that it waited for counts. */
    final void enter() {
        epoch++;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Runs once, unless another state begins before. Replaces the timer that ran. */
    final void after(long millis, Runnable task) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = link.ctx().executor().schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    /** What a state waits for. */
    interface Outcome {
        void done(boolean success);
    }

    /** Hands over a future's outcome, unless another state has begun by then. */
    final void when(Future<?> future, Outcome outcome) {
        int begun = epoch;
        future.addListener(done -> {
            if (epoch == begun) {
                outcome.done(done.isSuccess());
            }
        });
    }

    final void set(int baud, Outcome outcome) {
        lineBaud = baud;
        when(line.set(baud), outcome);
    }

    /** The line could not be set: it has the speed that it had. */
    final void notSet() {
        lineBaud = inForce;
    }

    final void nowInForce(int baud) {
        inForce = baud;
    }

    /** How often something is said again: as often as stated, but not so often that it would fill a slow line. */
    static long interval(long millis, int bytes, int baud) {
        return Math.max(millis, 2 * lineMillis(bytes, baud));
    }

    /** How long the ends try to hear each other at a new speed. */
    static long trialMillis(int baud) {
        return TRIAL_MILLIS + lineMillis(TRIAL_BYTES, baud);
    }

    /** The time of so many bytes on the line, rounded up. */
    static long lineMillis(int bytes, int baud) {
        return LinkConfig.lineNanos(bytes, baud) / 1_000_000 + 1;
    }
}
