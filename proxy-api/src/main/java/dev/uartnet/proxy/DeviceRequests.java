package dev.uartnet.proxy;

import dev.uartnet.codec.message.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The operations of a device by their numbers (PROTOCOL.md, section 8): what the client's own methods stand on, and the way to operations that
 * have none, such as those of a firmware with additions.
 *
 * <p>A request is sent when it is subscribed to, in the present session; while there is none it waits, or fails, as {@link
 * ProxyConnector#whileDown} says. It is sent again in the next session only if the device has surely not seen it: else it fails with {@link
 * LinkLostException}. Signals come on the link's event loop, which must not be blocked. Cancelling asks the device to stop.
 *
 * <p>Arguments and results are {@code null}, {@code Boolean}, integers ({@code Long} in results), {@code Double}, {@code String}, {@code
 * byte[]}, {@code List}, {@code Map} and {@link dev.uartnet.codec.message.Handle}. Arguments that do not fit a frame are put on the device first; together
 * they have at most 16,384 bytes. What the device refuses is {@link NotAllowedException}, its other failures {@link
 * dev.uartnet.codec.request.RequestFailedException}.
 */
public final class DeviceRequests {
    private final Reconnection link;
    private final Duration timeout;
    private final DeviceEvents events;

    DeviceRequests(Reconnection link, Duration timeout, DeviceEvents events) {
        this.link = link;
        this.timeout = timeout;
        this.events = events;
    }

    /** Returns the {@link ProxyConnector#requestTimeout request timeout}. */
    public Duration timeout() {
        return timeout;
    }

    /** Returns the requests of the present session, or of the next one, as {@link ProxyConnector#whileDown} says. */
    public Mono<SessionRequests> session() {
        return link.connection().map(SessionRequests::new);
    }

    /**
     * Sends a request, as {@link #request(Duration, int, Object...)}, with the {@link #timeout() request timeout}.
     *
     * @return its results
     */
    public Mono<List<@Nullable Object>> request(int operation, @Nullable Object... args) {
        return request(timeout, operation, args);
    }

    /**
     * Sends a request.
     *
     * @param limit for the waiting for a session, and from then on for the answer, each; resolution 1 ms; zero: none. Both begin anew if the session ends
     *     before the device has seen the request
     * @return its results; fails with {@link LinkLostException} if there is no session in time, with {@link
     *     dev.uartnet.codec.request.RequestTimeoutException} if there is no answer in time
     * @throws IllegalArgumentException if the limit is negative
     */
    public Mono<List<@Nullable Object>> request(Duration limit, int operation, @Nullable Object... args) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("the limit must not be negative: " + limit);
        }
        return Mono.defer(() -> requestIn(link.connection(), limit, operation, args));
    }

    private Mono<List<@Nullable Object>> requestIn(
            Mono<Connection> next, Duration limit, int operation, @Nullable Object... args) {
        Mono<Connection> session = limit.isZero() ? next : next.timeout(limit, Mono.error(link::refusal));
        return session.flatMap(connection -> new SessionRequests(connection)
                .request(limit, operation, args)
                .onErrorResume(
                        LinkLostException.class,
                        lost -> lost.mayHaveRun() || !link.waits()
                                ? Mono.error(lost)
                                : requestIn(link.after(connection), limit, operation, args)));
    }

    /**
     * Sends a streaming request. The device is asked for as many items as the subscriber, at most 256 at a time. It has no time limit.
     *
     * @return its items; an empty one is nil. Fails with {@link LinkLostException} when its session ends
     */
    public Flux<Optional<Object>> stream(int operation, @Nullable Object... args) {
        return link.connection().flatMapMany(connection -> new SessionRequests(connection).stream(operation, args));
    }

    /**
     * Returns what the device says unasked, from now on, through all sessions. A subscriber that does not keep up loses the oldest of more than 256.
     * Never completes.
     *
     * @param kind one of {@link dev.uartnet.codec.message.EventKind}
     */
    public Flux<Event> events(int kind) {
        return events.of(kind);
    }
}
