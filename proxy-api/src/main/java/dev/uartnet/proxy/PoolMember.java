package dev.uartnet.proxy;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * A board of a {@link ProxyPool}: for what is one board's own (its listeners, pins, health), and to see how it fares. From any thread.
 *
 * <p>It is connected to, again and again, until there is a {@link ProxyClient}, which then connects again by itself. {@code
 * package-info} has the states.
 */
public final class PoolMember {
    /** A board that does not say how many sockets it can have: ESP32's usually have ten. */
    private static final int SOCKETS_ASSUMED = 10;

    /** So long a board that had no socket left, or no network, is asked after all others. */
    private static final long REST_NANOS = Duration.ofSeconds(1).toNanos();

    private sealed interface Stage {}

    /** Without a client, or without one that there ever was. */
    private record WithoutClient(PoolMemberState shown) implements Stage {}

    private record WithClient(ProxyClient client) implements Stage {}

    private final String name;
    private final Mono<ProxyClient> connecting;
    private final @Nullable Retry retry;
    private final Runnable changed;

    private final AtomicReference<Stage> stage;
    private final Disposable.Swap attempts = Disposables.swap();
    private final Sinks.Empty<Void> tried = Sinks.empty();
    private final Sinks.One<ProxyClient> client = Sinks.one();
    private volatile int socketsMax = SOCKETS_ASSUMED;
    private volatile boolean hasRefused;
    private volatile long refusedNanos;

    /**
     * A board that nobody has connected to.
     *
     * @param connecting an attempt for each subscription
     * @param retry when to make them after the first one; null: never
     * @param changed is told of each change of its state
     */
    PoolMember(String name, Mono<ProxyClient> connecting, @Nullable Retry retry, Runnable changed) {
        this.name = name;
        this.connecting = connecting;
        this.retry = retry;
        this.changed = changed;
        stage = new AtomicReference<>(new WithoutClient(PoolMemberState.connecting(name)));
    }

    // ---- for everybody

    /** Returns the name of the board's port, or what it was called. */
    public String name() {
        return name;
    }

    /** Returns how the board stands at this moment. */
    public PoolMemberState state() {
        Stage now = stage.get();
        return now instanceof WithClient with
                ? PoolMemberState.of(name, with.client().link().shown())
                : ((WithoutClient) now).shown();
    }

    /**
     * Returns the board's own client: for listeners, for the board itself ({@link ProxyClient#wifi()}, {@link ProxyClient#pins()}), for its {@link
     * ProxyClient#health() health} and {@link dev.uartnet.proxy.metrics.LinkMetrics meters}. Who closes it takes the board out of the pool.
     *
     * @return emits it as soon as the board was connected to for the first time: at once, mostly; it stays the same one. Fails with {@link
     *     LinkLostException} if that will not be
     */
    public Mono<ProxyClient> client() {
        return client.asMono();
    }

    /** Returns how many of the board's sockets are in use or being opened, by whomever; 0 while it has no session. */
    public int sockets() {
        Connection connection = present();
        return connection == null ? 0 : connection.multiplexer().sockets();
    }

    /** Returns how many sockets the board can have at once, as it says itself; 10 before it was asked, and if it does not tell. */
    public int socketsMax() {
        return socketsMax;
    }

    @Override
    public String toString() {
        return state() + (present() == null ? "" : ", " + sockets() + " of " + socketsMax + " sockets");
    }

    // ---- for the pool

    /** Returns its session, null if it has none. */
    @Nullable
    Connection present() {
        Connection connection =
                stage.get() instanceof WithClient with ? with.client().link().present() : null;
        return connection == null || connection.hasEnded() ? null : connection;
    }

    /** Returns what the device of the present session can do, or null. */
    @Nullable
    Long features() {
        Connection connection = present();
        return connection == null ? null : (Long) connection.session().features();
    }

    /** It had no room for a socket, or no network. */
    void refused() {
        refusedNanos = System.nanoTime();
        hasRefused = true;
    }

    /** Returns whether that was only just now. */
    boolean rests() {
        return hasRefused && System.nanoTime() - refusedNanos < REST_NANOS;
    }

    /** Completes when it is up and known, or the first attempt has failed. */
    Mono<Void> tried() {
        return tried.asMono();
    }

    void start() {
        Mono<ProxyClient> attempt = Mono.defer(() -> isClosed() ? Mono.<ProxyClient>empty() : connecting)
                .doOnNext(this::connected)
                .doOnError(this::attemptFailed)
                .onErrorResume(RejectedExecutionException.class, stopped -> {
                    gaveUp(); // nothing can be opened any more on event loops that were shut down
                    return Mono.empty();
                });
        attempts.update((retry == null ? attempt : attempt.retryWhen(retry)).subscribe(any -> {}, any -> gaveUp()));
    }

    private boolean isClosed() {
        return state().kind() == PoolMemberState.Kind.CLOSED;
    }

    private void connected(ProxyClient connected) {
        Stage now = stage.get();
        if (now instanceof WithClient || isClosed() || !stage.compareAndSet(now, new WithClient(connected))) {
            connected.dispose();
            return;
        }
        client.tryEmitValue(connected);
        connected.states().subscribe(link -> follow(connected, link));
    }

    private void follow(ProxyClient connected, LinkState link) {
        if (link.isConnected()) {
            // Another board may be at the port now.
            connected.info().subscribe(this::learn, unknown -> tried.tryEmitEmpty());
        }
        changed.run();
    }

    private void learn(DeviceInfo info) {
        Integer channels = info.channelsMax();
        socketsMax = channels == null || channels < 1 ? SOCKETS_ASSUMED : channels;
        tried.tryEmitEmpty();
    }

    private void attemptFailed(Throwable cause) {
        Stage now = stage.get();
        if (now instanceof WithoutClient without
                && !isClosed()
                && stage.compareAndSet(now, new WithoutClient(without.shown().attemptFailed(cause)))) {
            changed.run();
            tried.tryEmitEmpty();
        }
    }

    private void gaveUp() {
        Stage now = stage.get();
        if (now instanceof WithoutClient without && !isClosed()) {
            end(without, without.shown().cause());
        }
    }

    private boolean end(WithoutClient before, @Nullable Throwable cause) {
        if (!stage.compareAndSet(before, new WithoutClient(before.shown().closed(cause)))) {
            return false;
        }
        attempts.dispose();
        client.tryEmitError(
                cause == null
                        ? LinkLostException.closed()
                        : LinkLostException.gaveUp(before.shown().attempts(), cause));
        tried.tryEmitEmpty();
        changed.run();
        return true;
    }

    /** Ends its session, or the attempts to get one; never fails. */
    Mono<Void> close() {
        return Mono.defer(() -> {
            Stage now = stage.get();
            while (now instanceof WithoutClient without) {
                if (isClosed() || end(without, null)) {
                    return Mono.empty();
                }
                now = stage.get();
            }
            return ((WithClient) Objects.requireNonNull(now)).client().close();
        });
    }
}
