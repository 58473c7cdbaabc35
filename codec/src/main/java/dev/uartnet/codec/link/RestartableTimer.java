package dev.uartnet.codec.link;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer that is set and cleared for every few frames, and seldom rings. Setting it to later, or clearing it, leaves what is scheduled on the event
 * loop alone, which when it comes goes on waiting for what is left; so it costs an object a wait, not one a frame.
 *
 * <p>States: CLEAR (rings for nobody), SET. On the event loop; times in nanoseconds of its clock.
 */
final class RestartableTimer {
    private final Runnable task;
    private final Runnable wakeUp = this::wakeUp;

    private boolean set;
    private long due;
    private @Nullable EventExecutor loop;
    private @Nullable Future<?> scheduled;
    private long scheduledFor;

    /** @param task runs when the timer rings, which is CLEAR then */
    RestartableTimer(Runnable task) {
        this.task = task;
    }

    boolean isSet() {
        return set;
    }

    /** Rings so long from now, and not at what it was set to before. */
    void set(EventExecutor loop, long nanos) {
        long now = loop.ticker().nanoTime();
        set = true;
        due = now + Math.max(0, nanos);
        if (scheduled != null && due - scheduledFor < 0) {
            scheduled.cancel(false);
            scheduled = null;
        }
        if (scheduled == null) {
            schedule(loop, now);
        }
    }

    private void schedule(EventExecutor loop, long now) {
        this.loop = loop;
        scheduledFor = due;
        scheduled = loop.schedule(wakeUp, due - now, TimeUnit.NANOSECONDS);
    }

    private void wakeUp() {
        scheduled = null;
        EventExecutor loop = this.loop;
        if (!set || loop == null) {
            return;
        }
        long now = loop.ticker().nanoTime();
        if (due - now > 0) {
            schedule(loop, now);
        } else {
            set = false;
            task.run();
        }
    }

    /** Does not ring. */
    void clear() {
        set = false;
    }

    /** Does not ring, and leaves nothing on the event loop. */
    void stop() {
        set = false;
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }
}
