package dev.uartnet.esp32.objects;

import org.jspecify.annotations.Nullable;

/** Something on a simulated device that can be called. */
@FunctionalInterface
public interface SimulatedFunction {
    /**
     * Called on the device's event loop; must not block.
     *
     * @return the result, or a {@link java.util.concurrent.CompletionStage} of it
     * @throws Exception what the host gets instead, see {@link SimulatedObject}
     */
    @Nullable
    Object call(SimulatedCall call) throws Exception;
}
