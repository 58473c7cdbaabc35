package dev.uartnet.esp32;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** DEVICE_HEALTH: what INFO says, again and again. What nobody has demanded in time is left out. */
final class DeviceHealth extends StreamingRequest {
    private static final int INTERVAL_MILLIS_MIN = 100;

    private final Arguments args;
    private int millis = INTERVAL_MILLIS_MIN;
    private boolean due;
    private boolean asking;
    private @Nullable Future<?> timer;

    DeviceHealth(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        millis = args.integer("interval", INTERVAL_MILLIS_MIN, Integer.MAX_VALUE);
        tick();
    }

    private void tick() {
        due = true;
        timer = session.board().loop().after(TimeUnit.MILLISECONDS.toNanos(millis), this::tick);
        pull();
    }

    @Override
    void sendItem() {
        if (due && !asking) {
            due = false;
            asking = true;
            Information.collect(session, info -> {
                asking = false;
                if (wantsItem()) {
                    next(info);
                }
            });
        }
    }

    @Override
    void ended() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    void abandon() {
        // ended() has done it.
    }
}
