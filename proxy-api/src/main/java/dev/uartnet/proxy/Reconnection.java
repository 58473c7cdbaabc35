package dev.uartnet.proxy;

import dev.uartnet.codec.link.Session;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * The link of a client through all its sessions: holds the present {@link Connection}, makes the next one when that has ended, and tells
 * who waits for it. {@code package-info} has the states.
 *
 * <p>Called from any thread: by the event loops of the links, one after the other, by Reactor's timers, and by who closes. A change of
 * state is one compare-and-set; who loses it undoes what he has brought.
 */
final class Reconnection implements Sessions {
    private static final Logger log = LoggerFactory.getLogger(Reconnection.class);

    private sealed interface State {
        /** The present connection, or the last one. */
        Connection connection();

        LinkState shown();
    }

    private record Up(Connection connection, LinkState shown) implements State {}

    /** Without a session; {@code next} has those who wait for one. */
    private record Down(Connection connection, LinkState shown, Sinks.One<Connection> next) implements State {}

    private record Over(Connection connection, LinkState shown) implements State {}

    private final @Nullable Mono<Connection> connecting;
    private final @Nullable Retry retry;
    private final WhileDown whileDown;
    private final AtomicReference<State> state;
    private final Disposable.Swap attempts = Disposables.swap();

    private final Sinks.Many<LinkState> states = Sinks.many().replay().latest();
    private final AtomicInteger publishing = new AtomicInteger();
    private @Nullable LinkState published;
    private final Sinks.Empty<Void> ended = Sinks.empty();

    /**
     * A link that has its first session.
     *
     * @param connecting an attempt to get the next one for each subscription; null if there can be none
     * @param retry when to make them; null: never
     */
    Reconnection(Connection first, @Nullable Mono<Connection> connecting, @Nullable Retry retry, WhileDown whileDown) {
        this.connecting = connecting;
        this.retry = retry;
        this.whileDown = whileDown;
        state = new AtomicReference<>(new Up(first, LinkState.connected(first.session())));
        publish();
    }

    /** Begins to watch the first session. */
    void start() {
        watch(state.get().connection());
    }

    // ---- for those who use the link

    /** Returns the present session, or the last one. */
    Session session() {
        return state.get().connection().session();
    }

    /** Returns the channel of the present session, or of the last one. */
    Channel channel() {
        return state.get().connection().channel();
    }

    /** Returns the speed of the present session, or of the last one. */
    int baudRate() {
        return state.get().connection().link().baudRate();
    }

    @Override
    public @Nullable Connection present() {
        return state.get() instanceof Up up ? up.connection() : null;
    }

    /** Returns whether new work waits for a session. */
    boolean waits() {
        return whileDown == WhileDown.WAIT;
    }

    /** Returns how it stands at this moment. */
    LinkState shown() {
        return state.get().shown();
    }

    boolean isOver() {
        return state.get() instanceof Over;
    }

    @Override
    public LinkLostException refusal() {
        State now = state.get();
        Throwable cause = now.shown().cause();
        if (cause != null) {
            return LinkLostException.down(cause);
        }
        return now instanceof Up ? LinkLostException.late() : LinkLostException.closed();
    }

    @Override
    public Mono<Connection> connection() {
        return connection(waits());
    }

    @Override
    public Connection settle(Connection offered, List<Refusal> refusals) {
        offered.multiplexer().announce();
        return offered;
    }

    /** The next session is asked, if that can do no harm and is wanted. */
    @Override
    public @Nullable Mono<Connection> instead(List<Refusal> refusals) {
        Refusal last = refusals.get(refusals.size() - 1);
        return last.cause() instanceof LinkLostException lost && !lost.mayHaveRun() && waits()
                ? after(last.connection())
                : null;
    }

    @Override
    public Throwable failure(List<Refusal> refusals) {
        return refusals.get(refusals.size() - 1).cause();
    }

    @Override
    public Mono<Connection> after(Connection ended) {
        return Mono.<Void>create(sink -> ended.onEnd(cause -> {
                    // Whoever hears of it first: what comes now must not find the connection that has ended.
                    lost(ended, cause);
                    sink.success();
                }))
                .then(connection(true));
    }

    private Mono<Connection> connection(boolean wait) {
        return Mono.defer(() -> {
            State now = state.get();
            if (now instanceof Up up) {
                return Mono.just(up.connection());
            }
            if (now instanceof Down down && wait) {
                return down.next().asMono();
            }
            return Mono.error(refusal());
        });
    }

    /** Replays the present state; who does not keep up gets the latest. Completes with the end. */
    Flux<LinkState> states() {
        return states.asFlux().onBackpressureLatest();
    }

    /** Completes when the end was wanted, fails with {@link LinkLostException} when not. */
    Mono<Void> onClose() {
        return ended.asMono();
    }

    // ---- the life of the link

    private void watch(Connection connection) {
        connection.onEnd(cause -> lost(connection, cause));
    }

    private void lost(Connection connection, LinkLostException cause) {
        State now = state.get();
        if (!(now instanceof Up up) || up.connection() != connection) {
            return;
        }
        if (connecting == null || retry == null || connection.isLoopGone()) {
            end(cause);
            return;
        }
        Down down = new Down(connection, now.shown().reconnecting(cause), Sinks.one());
        if (state.compareAndSet(now, down)) {
            log.debug("{}; reconnecting", cause.getMessage());
            publish();
            new Attempts(cause).start(connecting, retry);
        }
    }

    /** The attempts to get the next session after one loss. */
    private final class Attempts extends BaseSubscriber<Connection> {
        private @Nullable LinkLostException loss;
        private boolean succeeded;

        Attempts(LinkLostException loss) {
            this.loss = loss;
        }

        void start(Mono<Connection> connecting, Retry retry) {
            // Before the subscription: it may bring a session, and lose it, before it returns.
            attempts.update(this);
            Mono.defer(() -> {
                        // The loss is the first failure, so that the first attempt, too, comes when the Retry says.
                        LinkLostException first = loss;
                        loss = null;
                        if (first != null) {
                            return Mono.<Connection>error(first);
                        }
                        // A timer may fire while somebody closes.
                        return isOver() ? Mono.empty() : attempt(connecting);
                    })
                    .retryWhen(retry)
                    .subscribe(this);
        }

        private Mono<Connection> attempt(Mono<Connection> connecting) {
            return connecting
                    .doOnNext(Reconnection.this::established)
                    .onErrorResume(RejectedExecutionException.class, stopped -> {
                        // Nothing can be opened any more on event loops that were shut down.
                        end(LinkLostException.loopGone(stopped));
                        return Mono.empty();
                    })
                    .doOnError(Reconnection.this::attemptFailed);
        }

        @Override
        protected void hookOnNext(Connection connection) {
            succeeded = true;
        }

        @Override
        protected void hookOnError(Throwable cause) {
            gaveUp();
        }

        @Override
        protected void hookOnComplete() {
            if (!succeeded) {
                gaveUp();
            }
        }
    }

    private void established(Connection connection) {
        State now = state.get();
        if (now instanceof Down down
                && state.compareAndSet(now, new Up(connection, LinkState.connected(connection.session())))) {
            publish();
            watch(connection);
            down.next().tryEmitValue(connection);
        } else {
            connection.close();
        }
    }

    private void attemptFailed(Throwable cause) {
        State now = state.get();
        if (now instanceof Down down) {
            log.debug("cannot connect again: {}", cause.getMessage());
            if (state.compareAndSet(
                    now, new Down(down.connection(), down.shown().attemptFailed(cause), down.next()))) {
                publish();
            }
        }
    }

    private void gaveUp() {
        LinkState last = state.get().shown();
        Throwable cause = Objects.requireNonNullElseGet(last.cause(), this::refusal);
        end(
                last.attempts() == 0 && cause instanceof LinkLostException loss
                        ? loss
                        : LinkLostException.gaveUp(last.attempts(), cause));
    }

    /** Ends the session, or the attempts to get one. Who waits for one fails. */
    void close() {
        end(null);
    }

    private void end(@Nullable LinkLostException cause) {
        State before = state.get();
        while (!(before instanceof Over)) {
            if (state.compareAndSet(
                    before, new Over(before.connection(), before.shown().closed(cause)))) {
                over(before, cause);
                return;
            }
            before = state.get();
        }
    }

    private void over(State before, @Nullable LinkLostException cause) {
        attempts.dispose();
        publish();
        if (before instanceof Down down) {
            down.next().tryEmitError(refusal());
        }
        if (cause != null) {
            ended.tryEmitError(cause);
        } else if (before instanceof Up up) {
            Connection connection = up.connection();
            // The channel is closed a moment before its pipeline hears of it, and with it everything that was under
            // way.
            connection.close().addListener(closed -> connection.onEnd(lost -> ended.tryEmitEmpty()));
        } else {
            ended.tryEmitEmpty();
        }
    }

    /** Emits the present state if it is another than the last one; one thread at a time. */
    private void publish() {
        if (publishing.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            LinkState now = state.get().shown();
            if (now != published) {
                published = now;
                states.tryEmitNext(now);
                if (now.kind() == LinkState.Kind.CLOSED) {
                    states.tryEmitComplete();
                }
            }
            seen = publishing.addAndGet(-seen);
        }
    }
}
