package dev.uartnet.proxy.objects;

import dev.uartnet.codec.request.RequestTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Code to be run on the device: a call, an evaluation, an execution. Immutable: {@link #keyword}, {@link #timeout} and {@link #onOutput} return another
 * one. Each subscription to one of its publishers runs it once; values, threads and errors as {@link RemoteObjects} says.
 *
 * <pre>{@code
 * sensor.call("measure", 3)
 *         .keyword("unit", "C")
 *         .timeout(Duration.ofSeconds(2))
 *         .as(Double.class)
 * }</pre>
 *
 * <p>What the code prints goes to {@link #output()} or {@link #onOutput}; without either, to the log of this class, as INFO.
 */
public final class RemoteCall {
    private static final Logger log = LoggerFactory.getLogger(RemoteCall.class);

    /** Of what was printed and nobody has asked for yet. */
    private static final int PIECES_MAX = 4096;

    private final Mono<ObjectSession> session;
    private final RemoteCode code;
    private final Duration limit;
    private final @Nullable Consumer<String> output;

    RemoteCall(Mono<ObjectSession> session, RemoteCode code) {
        this(session, code, Duration.ZERO, null);
    }

    private RemoteCall(
            Mono<ObjectSession> session, RemoteCode code, Duration limit, @Nullable Consumer<String> output) {
        this.session = session;
        this.code = code;
        this.limit = limit;
        this.output = output;
    }

    // ---- how

    /**
     * Adds a keyword argument; the same name again replaces it.
     *
     * @throws IllegalStateException if this is code and no call
     * @throws IllegalArgumentException if the value cannot travel
     */
    public RemoteCall keyword(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        if (!(code instanceof RemoteCode.Invocation call)) {
            throw new IllegalStateException("only a call has keyword arguments, this is an " + code.what());
        }
        Map<String, @Nullable Object> keywords = new LinkedHashMap<>(call.keywords());
        keywords.put(name, Arguments.encoded(value));
        return new RemoteCall(
                session,
                new RemoteCode.Invocation(call.object(), call.method(), call.positional(), keywords),
                limit,
                output);
    }

    /**
     * How long it may take, waiting included; default: for ever. When it has passed, the call fails with {@link RequestTimeoutException}; the code
     * runs on, unless it prints. An iteration over the result has no limit.
     *
     * @param limit at least 1 ms, or zero for none; resolution 1 ms
     * @throws IllegalArgumentException if it is neither
     */
    public RemoteCall timeout(Duration limit) {
        if (limit.isNegative() || (!limit.isZero() && limit.toMillis() < 1)) {
            throw new IllegalArgumentException("the timeout must be 1 ms or more, or zero for none: " + limit);
        }
        return new RemoteCall(session, code, limit, output);
    }

    /**
     * Who hears what the code prints, beside the result.
     *
     * @param listener called with each piece as it comes (no lines), before the result, on the link's event loop, which it must not block
     */
    public RemoteCall onOutput(Consumer<String> listener) {
        return new RemoteCall(session, code, limit, Objects.requireNonNull(listener, "listener"));
    }

    // ---- running it

    /** Runs it. Its result is a value, or a {@link RemoteObject} if it is no value, or a list or dict too long for a frame; None is empty. */
    public Mono<Object> result() {
        return as(Object.class);
    }

    /**
     * Runs it, and converts its result.
     *
     * @param type {@code Boolean}, {@code Integer}, {@code Long}, {@code Short}, {@code Byte} (also as primitive types), {@code Double}, {@code
     *     Float} (of integers, too), {@code Number}, {@code String}, {@code byte[]}, {@code List}, {@code Map} (both however long), {@code Object}, or {@link
     *     RemoteObject} for {@link #object()}
     * @return None is empty; a result of another kind fails with {@link ClassCastException}, a number out of range with {@link ArithmeticException}
     * @throws IllegalArgumentException if no result can be had as {@code type}
     */
    public <T> Mono<T> as(Class<T> type) {
        Conversion.requirePossible(type);
        return inSession().flatMap(session -> Results.as(type, session, operation(listener())));
    }

    /** Runs it. Its result stays on the device, whatever it is. */
    public Mono<RemoteObject> object() {
        return as(RemoteObject.class);
    }

    /** Runs it, and binds its result to an interface: see {@link RemoteObject#bind}. */
    public <T> Mono<T> bind(Class<T> type) {
        BoundInterface<T> bound = BoundInterface.of(type);
        return object().flatMap(bound::bindOwn);
    }

    /** Runs it, and completes when it has run; what it results in is released. */
    public Mono<Void> then() {
        return run(listener());
    }

    /** Runs it, and iterates over its result: see {@link RemoteObject#iterate()}. What it results in is released at the end. */
    public Flux<Object> iterate() {
        return iterate(Object.class);
    }

    /** As {@link #iterate()}, with all items of a type; see {@link RemoteObject#iterate(Class)}. */
    public <T> Flux<T> iterate(Class<T> type) {
        Conversion.requirePossible(type);
        return Flux.usingWhen(object(), result -> result.iterate(type), result -> Mono.fromRunnable(result::dispose));
    }

    /**
     * Runs it, and emits what it prints, in pieces (no lines) as they come. Completes when it has run, or fails as it does; what it results in is
     * released. {@link #onOutput} gives both.
     *
     * @return fails, and cancels the call, when its subscriber leaves more than 4,096 pieces lying
     */
    public Flux<String> output() {
        return Flux.<String>create(
                        sink -> sink.onDispose(run(sink::next).subscribe(nothing -> {}, sink::error, sink::complete)),
                        FluxSink.OverflowStrategy.IGNORE)
                .onBackpressureBuffer(PIECES_MAX, BufferOverflowStrategy.ERROR);
    }

    private Mono<Void> run(Consumer<String> listener) {
        return inSession()
                .flatMap(session -> session.request(operation(listener).apply(false)))
                .doOnNext(Values::dispose)
                .then();
    }

    private Mono<ObjectSession> inSession() {
        return limit.isZero() ? session : session.timeout(limit, Mono.error(() -> new RequestTimeoutException(limit)));
    }

    private Consumer<String> listener() {
        return output != null ? output : text -> log.info("{} printed: {}", code.what(), text);
    }

    private Function<Boolean, ObjectOperation> operation(Consumer<String> listener) {
        return reference -> new ObjectOperation(code.operation(), code.args(reference), limit, listener, code.what());
    }

    /** Says what it is: {@code call of 'machine.freq'}. */
    @Override
    public String toString() {
        return "RemoteCall[" + code.what() + "]";
    }
}
