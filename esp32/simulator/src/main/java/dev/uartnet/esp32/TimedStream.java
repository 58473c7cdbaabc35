package dev.uartnet.esp32;

import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A stream whose items come by the device's time. */
abstract class TimedStream extends StreamingRequest {
    private @Nullable Future<?> timer;

    TimedStream(DeviceSession session, int id) {
        super(session, id);
    }

    /** The time has come. */
    abstract void tick();

    /** Calls {@link #tick} in some time, unless the request is over before. */
    final void tickAfter(long nanos) {
        if (!isOver()) {
            timer = session.board().loop().after(nanos, this::tick);
        }
    }

    @Override
    final void ended() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    final void abandon() {
        // ended() has done it.
    }
}
