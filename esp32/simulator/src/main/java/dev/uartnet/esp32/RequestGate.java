package dev.uartnet.esp32;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where a unit test delays or denies what a virtual device is asked for. */
@FunctionalInterface
public interface RequestGate {
    /**
     * Decides on a request that has arrived. Called on the device's event loop: it must not block.
     *
     * @param operation one of {@link dev.uartnet.codec.message.Operation}
     * @param args its arguments
     * @return completes when the request may run; fails with a {@link DeviceException} that the device answers instead
     */
    CompletionStage<?> admit(int operation, List<@Nullable Object> args);
}
