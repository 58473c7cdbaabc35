package dev.uartnet.esp32;

import java.util.concurrent.TimeUnit;

/** DEVICE_HEALTH: what INFO says, again and again. What nobody has demanded in time is left out. */
final class DeviceHealth extends TimedStream {
    private static final int INTERVAL_MILLIS_MIN = 100;

    private final Arguments args;
    private int millis = INTERVAL_MILLIS_MIN;
    private boolean due;
    private boolean asking;

    DeviceHealth(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        millis = args.integer("interval", INTERVAL_MILLIS_MIN, Integer.MAX_VALUE);
        tick();
    }

    @Override
    void tick() {
        due = true;
        tickAfter(TimeUnit.MILLISECONDS.toNanos(millis));
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
}
