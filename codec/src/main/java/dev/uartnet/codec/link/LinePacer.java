package dev.uartnet.codec.link;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the queue between a link and its wire short (PROTOCOL.md, section 5, "Sending"): a frame's acknowledgement of the peer is as
 * old as the frame when it leaves. Reckons by the line's speed when all that was sent has left, and lets new frames go only shortly before.
 *
 * <p>A speed may mean nothing (USB without a UART behind it, a pty): what is acknowledged sooner than its bytes could have crossed the
 * line shows a faster one, which is then not paced until {@link #restart}. So there are two states, paced and not; a session, and each speed
 * of the line in it, begins paced. Times in nanoseconds of the event loop's clock.
 */
final class LinePacer {
    /** Timers of an event loop are coarse: the line must not run dry meanwhile. */
    private static final long LOOKAHEAD_MIN = 4_000_000;
    /**
     * As much as there ever is before the line: the lookahead, and a full frame of which each byte is escaped. More than that is not counted: a line that
     * is faster than it says takes acknowledgements for megabytes of the peer's while nothing goes the other way that would show it.
     */
    private static final int QUEUED_MAX = 3;

    private final LongSupplier wireBytes;
    private boolean paced;
    private int baud = SpeedControl.BAUD_MAX;
    private long lookahead;
    private long restartedAt;
    /** Bytes that the clock knows of. */
    private long counted;
    /** When all that was sent has left. */
    private long lineFreeAt;

    private final Runnable wakeUp = this::wakeUp;
    private @Nullable Future<?> timer;
    private @Nullable Runnable waiting;

    LinePacer(LineBytes line) {
        wireBytes = line.sent();
    }

    /**
     * A line of this speed, on which nothing waits.
     *
     * @param maxPayload the largest one that is sent
     */
    void restart(int baud, int maxPayload, long now) {
        cancel();
        this.baud = baud;
        // The frame that is leaving, and half of the next: what goes then makes it two and a half at most.
        long fullFrame = LinkConfig.lineNanos(maxPayload + FrameCodec.OVERHEAD_BYTES + 2L, baud);
        lookahead = Math.max(LOOKAHEAD_MIN, fullFrame + fullFrame / 2);
        paced = true;
        restartedAt = now;
        counted = wireBytes.getAsLong();
        lineFreeAt = now;
    }

    /** A frame, of whatever kind, has just been encoded. */
    void sent(long now) {
        if (paced) {
            long bytes = wireBytes.getAsLong();
            long queued = Math.max(0, lineFreeAt - now) + LinkConfig.lineNanos(bytes - counted, baud);
            lineFreeAt = now + Math.min(queued, QUEUED_MAX * lookahead);
            counted = bytes;
        }
    }

    /** The peer has all of these bytes, of which none was sent before that time. */
    void crossed(int bytes, long sentFrom, long now) {
        // Three quarters: speeds are never exact.
        if (paced && sentFrom - restartedAt >= 0 && now - sentFrom < LinkConfig.lineNanos(bytes, baud) / 4 * 3) {
            paced = false;
            cancel();
        }
    }

    /** Whether a new frame may go now. */
    boolean admits(long now) {
        return !paced || lineFreeAt - now <= lookahead;
    }

    /** Runs the task once, when a new frame may go. */
    void await(EventExecutor loop, long now, Runnable task) {
        if (timer == null) {
            long delay = lineFreeAt - lookahead - now;
            waiting = task;
            timer = loop.schedule(wakeUp, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void wakeUp() {
        Runnable task = waiting;
        timer = null;
        waiting = null;
        if (task != null) {
            task.run();
        }
    }

    /** Whether a frame waits here, and nothing but time is between it and the line. */
    boolean holds() {
        return timer != null;
    }

    /** Nothing waits any more. */
    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
            waiting = null;
        }
    }
}
