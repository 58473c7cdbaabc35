package dev.uartnet.codec.link;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells a peer that is gone from one that has nothing to say (PROTOCOL.md, section 5): asks for a sign of life after an interval of silence, and
 * ends the session after two and a half; a silence in which this end was held up does not count, once. On the event loop.
 */
final class Keepalive {
    private final FrameWriter frames;
    private final SessionAbort session;

    /** There is a session. */
    private boolean open;

    private long intervalMillis;
    private @Nullable SpeedControl speed;
    private @Nullable Future<?> timer;
    /** When {@link #timer} fires. */
    private long dueNanos;

    private long lastHeardNanos;
    /** The value of {@link #lastHeardNanos} that stands for a silence in which this end was held up; once for each silence. */
    private long excusedNanos;

    Keepalive(FrameWriter frames, SessionAbort session) {
        this.frames = frames;
        this.session = session;
    }

    void begin(int interval, @Nullable SpeedControl control) {
        open = true;
        intervalMillis = interval;
        speed = control;
        heard();
        checkIn(interval);
    }

    void end() {
        open = false;
        speed = null;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** A frame of the session has come. */
    void heard() {
        lastHeardNanos = frames.nanoTime();
    }

    /** The trial of a speed is over, and silence counts again: what is left until it ends the session is enough to find each other. */
    void countAgain() {
        long interval = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        lastHeardNanos += Math.max(0, frames.nanoTime() - interval - lastHeardNanos);
    }

    private void checkIn(long millis) {
        if (!open) {
            return; // a frame that could not be written has ended the session
        }
        long delay = Math.max(1, millis);
        dueNanos = frames.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delay);
        timer = frames.ctx().executor().schedule(this::check, delay, TimeUnit.MILLISECONDS);
    }

    private void check() {
        long interval = intervalMillis;
        long now = frames.nanoTime();
        long silent = TimeUnit.NANOSECONDS.toMillis(now - lastHeardNanos);
        if (speed != null && speed.isTrial()) {
            checkIn(interval / 2);
            return;
        }
        boolean late = 4 * TimeUnit.NANOSECONDS.toMillis(now - dueNanos) >= interval;
        if (late && 2 * silent >= 5 * interval && lastHeardNanos != excusedNanos) {
            // What has come while this end was held up may be unread, and the other end may have been held up, too: it
            // is asked once more.
            excusedNanos = now - TimeUnit.MILLISECONDS.toNanos(2 * interval);
            lastHeardNanos = excusedNanos;
            frames.sendNow(FrameType.PROBE);
            checkIn(interval / 2);
            return;
        }
        if (2 * silent >= 5 * interval) {
            String text = "nothing heard for " + silent + " ms";
            session.abort(ResetReason.SILENT, text, new LinkSilentException("the other end is gone: " + text));
            return;
        }
        if (!late && speed != null && 2 * silent >= 3 * interval) {
            speed.silent();
        }
        if (silent >= interval) {
            frames.sendNow(FrameType.PROBE);
        }
        // The first sign of life is asked for after an interval, each further one after half of one.
        long half = interval / 2;
        checkIn(silent < interval ? interval - silent : half - (silent - interval) % half);
    }
}
