package dev.uartnet.esp32;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request whose answer is at hand: PING. */
final class ImmediateRequest extends PendingRequest {
    private final Supplier<List<@Nullable Object>> results;

    ImmediateRequest(DeviceSession session, int id, Supplier<List<@Nullable Object>> results) {
        super(session, id);
        this.results = results;
    }

    @Override
    void start() {
        succeed(results.get().toArray());
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
