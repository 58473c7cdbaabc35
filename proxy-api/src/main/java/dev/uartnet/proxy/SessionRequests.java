package dev.uartnet.proxy;

import dev.uartnet.codec.link.Session;
import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RunningRequest;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The operations of a device in one session, for what does not outlive it; otherwise as {@link DeviceRequests}. When the session is over, everything fails with
 * {@link LinkLostException}. Two of the same session are equal.
 */
public final class SessionRequests {
    private final Connection connection;

    SessionRequests(Connection connection) {
        this.connection = connection;
    }

    /** Returns what both ends have agreed on for this session. */
    public Session session() {
        return connection.session();
    }

    /** Returns the link's event loop: everything of the session is signalled there. */
    public EventExecutor executor() {
        return connection.multiplexer().context().executor();
    }

    /**
     * Returns the size that a message which could be of any size had best have now, in bytes: the device's largest, or less on a line that is
     * slow or loses frames. Signals on the link's event loop.
     */
    public Mono<Integer> payloadBytes() {
        return Mono.<Integer>create(sink -> connection.execute(
                        () -> sink.success(connection.multiplexer().payloadBytes()), sink::error))
                .onErrorMap(IllegalStateException.class, LinkLostException::down);
    }

    /** Completes when the session has ended, for any reason. */
    public Mono<Void> onEnd() {
        return Mono.create(sink -> connection.onEnd(cause -> sink.success()));
    }

    /** Sends a request. See {@link DeviceRequests#request(Duration, int, Object...)}. */
    public Mono<List<@Nullable Object>> request(Duration limit, int operation, @Nullable Object... args) {
        return request(limit, new RequestListener() {}, operation, args);
    }

    /**
     * Sends a request, and tells what the device says before its answer.
     *
     * @param limit after which nobody wants the answer any more, and it fails with {@link
     *     dev.uartnet.codec.request.RequestTimeoutException}; resolution 1 ms; zero: none
     * @param listener called on the link's event loop
     */
    public Mono<List<@Nullable Object>> request(
            Duration limit, RequestListener listener, int operation, @Nullable Object... args) {
        return Mono.create(sink -> connection.execute(
                () -> {
                    RunningRequest request = connection.start(limit, listener, operation, args);
                    sink.onCancel(() -> request.answer().cancel(false));
                    request.answer().addListener((Future<List<@Nullable Object>> done) -> answered(done, sink));
                },
                sink::error));
    }

    private static void answered(Future<List<@Nullable Object>> done, MonoSink<List<@Nullable Object>> sink) {
        if (done.isSuccess()) {
            sink.success(done.getNow());
        } else if (!done.isCancelled()) {
            sink.error(RemoteFailure.ofOperation(done.cause()));
        }
    }

    /** Sends a streaming request. See {@link DeviceRequests#stream}. */
    public Flux<Optional<Object>> stream(int operation, @Nullable Object... args) {
        return stream(new RequestListener() {}, operation, args);
    }

    /**
     * Sends a streaming request, and tells what else the device says of it.
     *
     * @param listener hears output and what is unwanted; not the items
     */
    public Flux<Optional<Object>> stream(RequestListener listener, int operation, @Nullable Object... args) {
        return Flux.create(sink -> new ItemStream(connection, listener, sink).start(operation, args));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SessionRequests same && same.connection.equals(connection);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(connection);
    }
}
