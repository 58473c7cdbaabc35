package dev.uartnet.esp32;

import java.util.concurrent.TimeUnit;

/** DEVICE_RESET: the answer first, then the reset. */
final class DeviceReset extends PendingRequest {
    /** For the answer to reach the host: time for one repetition on a line that loses it. */
    private static final int ANSWER_MILLIS = 200;

    private final Arguments args;

    DeviceReset(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        String kind = Arguments.flag("hard", args.any()) ? Boot.HARD : Boot.SOFT;
        Board board = session.board();
        succeed();
        var unused = board.loop().after(TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS), () -> board.chip()
                .reset(kind));
    }

    @Override
    void abandon() {
        // It is over at once.
    }
}
