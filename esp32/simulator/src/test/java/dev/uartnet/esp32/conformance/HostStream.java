package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RunningRequest;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A streaming request, with calls that wait. */
final class HostStream implements RequestListener {
    private final BlockingQueue<Object> items = new LinkedTransferQueue<>();
    private @Nullable RunningRequest running;

    @Override
    public void next(@Nullable Object item) {
        items.add(Objects.requireNonNull(item, "no stream of the board's has nil"));
    }

    HostStream runs(RunningRequest request) {
        running = request;
        return this;
    }

    private RunningRequest running() {
        return Objects.requireNonNull(running);
    }

    HostStream demand(long more) {
        running().demand(more);
        return this;
    }

    Object item() throws InterruptedException {
        Object item = items.poll(ConformanceTest.SECONDS, TimeUnit.SECONDS);
        if (item == null) {
            throw new AssertionError("no item within " + ConformanceTest.SECONDS + " s: "
                    + running().answer());
        }
        return item;
    }

    List<?> array() throws InterruptedException {
        return (List<?>) item();
    }

    /** All items up to the end. */
    List<Object> all() {
        demand(1000);
        Host.await(running().answer());
        assertThat(running().answer().cause()).isNull();
        return new ArrayList<>(items);
    }

    int waiting() {
        return items.size();
    }

    Future<List<@Nullable Object>> answer() {
        return running().answer();
    }

    void cancel() {
        running().answer().cancel(false);
    }
}
