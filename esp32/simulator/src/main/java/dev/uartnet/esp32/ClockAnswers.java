package dev.uartnet.esp32;

import org.jspecify.annotations.Nullable;

/** CLOCK_GET, CLOCK_SET. */
final class ClockAnswers {
    private static final long YEAR_2000 = 946_684_800_000_000L;
    private static final long YEAR_2100 = 4_102_444_800_000_000L;

    private ClockAnswers() {}

    static @Nullable Object[] get(DeviceSession session, Arguments args) {
        SimulatedClock clock = session.board().clock();
        return new Object[] {clock.micros(), clock.isSet()};
    }

    static @Nullable Object[] set(DeviceSession session, Arguments args) throws DeviceException {
        session.board().clock().set(args.number("microseconds", YEAR_2000, YEAR_2100));
        return get(session, args);
    }
}
