package dev.uartnet.proxy;

import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RunningRequest;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Operators;

/**
 * The items of one streaming request, as many as their subscriber asks for. On the link's event loop.
 *
 * <p>The device is never allowed more than {@link #WINDOW} at once, and gets more when half of them have come: so that the line is not idle between, and
 * no number grows beyond what a small device can hold.
 */
final class ItemStream implements RequestListener {
    private static final int WINDOW = 256;

    private final Connection connection;
    private final RequestListener listener;
    private final FluxSink<Optional<Object>> sink;
    /** What the subscriber has asked for and the device not been told. */
    private long wanted;
    /** What the device may still send. */
    private int granted;

    private @Nullable RunningRequest request;

    ItemStream(Connection connection, RequestListener listener, FluxSink<Optional<Object>> sink) {
        this.connection = connection;
        this.listener = listener;
        this.sink = sink;
    }

    void start(int operation, @Nullable Object... args) {
        connection.execute(
                () -> {
                    if (sink.isCancelled()) {
                        return;
                    }
                    RunningRequest request = connection.start(Duration.ZERO, this, operation, args);
                    this.request = request;
                    sink.onCancel(() -> request.answer().cancel(false));
                    sink.onRequest(n -> connection.execute(() -> wanted(n), sink::error));
                    request.answer().addListener((Future<List<@Nullable Object>> done) -> answered(done));
                },
                sink::error);
    }

    private void wanted(long n) {
        wanted = Operators.addCap(wanted, n);
        grant();
    }

    private void grant() {
        int more = (int) Math.min(wanted, WINDOW - granted);
        RunningRequest request = this.request;
        if (more > 0 && request != null && (granted <= WINDOW / 2)) {
            granted += more;
            wanted -= wanted == Long.MAX_VALUE ? 0 : more;
            request.demand(more);
        }
    }

    @Override
    public void next(@Nullable Object item) {
        granted--;
        sink.next(Optional.ofNullable(item));
        grant();
    }

    @Override
    public void output(String text) {
        listener.output(text);
    }

    @Override
    public void unwanted(@Nullable Object value) {
        listener.unwanted(value);
    }

    private void answered(Future<List<@Nullable Object>> done) {
        if (done.isSuccess()) {
            sink.complete();
        } else if (!done.isCancelled()) {
            sink.error(RemoteFailure.ofOperation(done.cause()));
        }
    }
}
