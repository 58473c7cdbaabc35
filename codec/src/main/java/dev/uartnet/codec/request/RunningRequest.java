package dev.uartnet.codec.request;

import io.netty.util.concurrent.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that was sent, or is about to be. Callable from any thread. */
public interface RunningRequest {
    /**
     * Returns what completes on the channel's event loop with the results, or fails with {@link RequestFailedException} (the device's error), {@link
     * RequestTimeoutException} or {@link RequestAbortedException} (the session ended). Cancelling it asks the device to stop.
     */
    Future<List<@Nullable Object>> answer();

    /**
     * Lets the device send more items. For a streaming request, which begins with none; does nothing once it is over.
     *
     * @param items how many more, at least 1
     */
    void demand(long items);
}
