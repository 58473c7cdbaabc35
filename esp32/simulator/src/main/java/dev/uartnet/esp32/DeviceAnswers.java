package dev.uartnet.esp32;

import org.jspecify.annotations.Nullable;

/** DEVICE_COLLECT, DEVICE_WATCHDOG. */
final class DeviceAnswers {
    private static final int WATCHDOG_MILLIS_MIN = 1000;
    private static final int WATCHDOG_MILLIS_MAX = 3_600_000;

    private DeviceAnswers() {}

    /** A collection of the whole JVM's garbage would stop the loop: what is free now is told. */
    static @Nullable Object[] collect(DeviceSession session, Arguments args) {
        Runtime memory = Runtime.getRuntime();
        long used = memory.totalMemory() - memory.freeMemory();
        return new Object[] {memory.maxMemory() - used, used};
    }

    static @Nullable Object[] watchdog(DeviceSession session, Arguments args) throws DeviceException {
        int millis = args.integer("timeout", 0, WATCHDOG_MILLIS_MAX);
        if (millis > 0 && millis < WATCHDOG_MILLIS_MIN) {
            throw DeviceException.badRequest("timeout", "must be at least " + WATCHDOG_MILLIS_MIN + " ms");
        }
        session.board().chip().watchdog(millis);
        return new Object[] {millis};
    }
}
