package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import dev.uartnet.codec.message.Response;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request from its arrival to its only answer. Lives on the device's event loop. */
abstract class PendingRequest {
    final DeviceSession session;
    private final int id;
    private @Nullable Future<?> deadline;
    private boolean started;
    private boolean over;

    PendingRequest(DeviceSession session, int id) {
        this.session = session;
        this.id = id;
    }

    /** Does what was asked, now or later; ends in {@link #succeed} or {@link #fail}. */
    abstract void start() throws DeviceException;

    /** Stops what {@link #start} has begun: nobody waits for it any more. */
    abstract void abandon();

    /** Begins, unless it is over before. */
    void begin() {
        started = true;
        try {
            start();
        } catch (DeviceException e) {
            fail(e);
        }
    }

    /** DEMAND: for requests that have items. */
    void demand(long items) {
        session.ignored();
    }

    /** The device has no network any more: for requests that need it and cannot go on. */
    void networkLost(DeviceException why) {
        // Most need none.
    }

    /** It is over, in whatever way. */
    void ended() {
        // Most have nothing to end.
    }

    final int id() {
        return id;
    }

    final boolean hasStarted() {
        return started;
    }

    final boolean isOver() {
        return over;
    }

    final void expireAfter(long millis) {
        deadline = session.loop()
                .schedule(
                        () -> stop(new DeviceException(ErrorCode.DEADLINE, "deadline of " + millis + " ms passed")),
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    final void cancel() {
        stop(new DeviceException(ErrorCode.CANCELLED, "cancelled"));
    }

    /** The session has ended: no answer. */
    final void drop() {
        if (finish()) {
            abandon();
        }
    }

    /** Ends it before it would have ended by itself. */
    final void stop(DeviceException why) {
        if (!over) {
            fail(why); // before abandoning: what is abandoned may fail in turn
            abandon();
        }
    }

    final void succeed(@Nullable Object... results) {
        if (finish()) {
            session.send(new Response(id, Arrays.asList(results)));
        }
    }

    final void fail(DeviceException why) {
        fail(new ErrorResponse(id, why.code(), why.text(), why.errno(), List.of()));
    }

    final void fail(ErrorResponse why) {
        if (finish()) {
            session.send(why);
        }
    }

    private boolean finish() {
        if (over) {
            return false;
        }
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        session.forget(this);
        ended();
        return true;
    }
}
