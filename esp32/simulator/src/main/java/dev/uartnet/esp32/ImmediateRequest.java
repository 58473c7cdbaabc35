package dev.uartnet.esp32;

import org.jspecify.annotations.Nullable;

/** A request whose answer is at hand. */
final class ImmediateRequest extends PendingRequest {
    /** Carries out what was asked, and returns the results. */
    @FunctionalInterface
    interface Answer {
        @Nullable
        Object[] of(DeviceSession session, Arguments args) throws DeviceException;
    }

    private final Arguments args;
    private final Answer answer;

    ImmediateRequest(DeviceSession session, int id, Arguments args, Answer answer) {
        super(session, id);
        this.args = args;
        this.answer = answer;
    }

    @Override
    void start() throws DeviceException {
        succeed(answer.of(session, args));
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
