package dev.uartnet.proxy;

import dev.uartnet.codec.message.ErrorCode;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * The sessions of a pool's boards: chooses one for each new socket and request. {@code package-info} has the states.
 *
 * <p>Not one of the pools of libraries, which lend an object to one borrower at a time: a board serves many sockets at once, what counts is how many it has
 * already. Boards are few, so all of them are looked at: the least loaded one is the best, not a good one of two.
 *
 * <p>From any thread, without locks: the load of a board is counted by its session ({@link ChannelMultiplexer#sockets}), also what others than the pool
 * open on it.
 */
final class PoolSessions implements Sessions {
    private enum Life {
        OPEN,
        CLOSED,
        LOST
    }

    private final List<PoolMember> members;
    private final WhileDown whileDown;
    /** Whose turn it is where boards are equal: sockets and requests have their own, as each socket asks first, then settles. */
    private final AtomicInteger socketTurn = new AtomicInteger();

    private final AtomicInteger requestTurn = new AtomicInteger();
    private final AtomicReference<Life> life = new AtomicReference<>(Life.OPEN);

    private final Sinks.Many<PoolState> states = Sinks.many().replay().latest();
    private final AtomicInteger publishing = new AtomicInteger();
    private @Nullable PoolState published;
    private final Sinks.Empty<Void> ended = Sinks.empty();

    /**
     * A pool that is not started.
     *
     * @param boards attempts to connect, one for each subscription, by the boards' names
     * @param retry when to make the next one; null: never
     */
    PoolSessions(Map<String, Mono<ProxyClient>> boards, @Nullable Retry retry, WhileDown whileDown) {
        this.whileDown = whileDown;
        List<PoolMember> all = new ArrayList<>();
        boards.forEach((name, connecting) -> all.add(new PoolMember(name, connecting, retry, this::changed)));
        members = List.copyOf(all);
    }

    List<PoolMember> members() {
        return members;
    }

    // ---- choosing

    /** A session that was chosen, and how many sockets it had then. */
    private record Choice(Connection connection, int sockets, long max, boolean rests) {
        boolean isBetterThan(Choice other) {
            // With the new one: of two empty boards the larger one is first.
            return rests == other.rests ? (sockets + 1) * other.max < (other.sockets + 1) * max : other.rests;
        }
    }

    @Override
    public @Nullable Connection present() {
        Choice choice = choose(List.of(), requestTurn);
        return choice == null ? null : choice.connection();
    }

    /** Another may have become the better one since; and two event loops must not take the same one for the emptiest. */
    @Override
    public Connection settle(Connection offered, List<Refusal> refusals) {
        Choice choice = choose(refusals, socketTurn);
        while (choice != null && !choice.connection().multiplexer().announce(choice.sockets())) {
            choice = choose(refusals, socketTurn);
        }
        if (choice == null) {
            offered.multiplexer().announce();
            return offered;
        }
        return choice.connection();
    }

    /** The session of the board that has the least sockets for its size; in turn, where they are equal. */
    private @Nullable Choice choose(List<Refusal> refusals, AtomicInteger turn) {
        int first = turn.getAndIncrement();
        Choice best = null;
        for (int i = 0; i < members.size(); i++) {
            PoolMember member = members.get(Math.floorMod(first + i, members.size()));
            Connection connection = member.present();
            if (connection == null
                    || refusals.stream()
                            .anyMatch(refusal -> refusal.connection().equals(connection))) {
                continue;
            }
            Choice choice =
                    new Choice(connection, connection.multiplexer().sockets(), member.socketsMax(), member.rests());
            if (best == null || choice.isBetterThan(best)) {
                best = choice;
            }
        }
        return best;
    }

    @Override
    public Mono<Connection> connection() {
        return connection(whileDown == WhileDown.WAIT);
    }

    private Mono<Connection> connection(boolean wait) {
        return Mono.defer(() -> {
            Connection connection = present();
            if (connection != null) {
                return Mono.just(connection);
            }
            return wait && life.get() == Life.OPEN
                    ? states.asFlux().mapNotNull(any -> present()).next().switchIfEmpty(Mono.error(this::refusal))
                    : Mono.error(refusal());
        });
    }

    @Override
    public Mono<Connection> after(Connection lost) {
        // It is chosen no more from then on.
        return Mono.<Void>create(sink -> lost.onEnd(cause -> sink.success())).then(connection(true));
    }

    /**
     * Another board is asked where this one surely has done nothing: it was lost before it could, or it had no socket, no memory, no network. When the last
     * one was lost, the next session is waited for, as configured.
     */
    @Override
    public @Nullable Mono<Connection> instead(List<Refusal> refusals) {
        Refusal last = refusals.get(refusals.size() - 1);
        boolean lost = last.cause() instanceof LinkLostException loss && !loss.mayHaveRun();
        if (!lost) {
            if (!isOfTheBoard(last.cause())) {
                return null;
            }
            members.stream()
                    .filter(member -> last.connection().equals(member.present()))
                    .forEach(PoolMember::refused);
        }
        Choice other = choose(refusals, requestTurn);
        if (other != null) {
            return Mono.just(other.connection());
        }
        return lost && whileDown == WhileDown.WAIT ? after(last.connection()) : null;
    }

    /** Whether another board may do what this one could not. */
    private static boolean isOfTheBoard(Throwable cause) {
        return RemoteError.of(cause)
                .filter(error -> error.code() == ErrorCode.NO_RESOURCES || error.code() == ErrorCode.NETWORK_DOWN)
                .isPresent();
    }

    @Override
    public Throwable failure(List<Refusal> refusals) {
        Throwable last = refusals.get(refusals.size() - 1).cause();
        if (refusals.size() == 1 || !isOfTheBoard(last)) {
            return last;
        }
        StringBuilder each = new StringBuilder();
        for (Refusal refusal : refusals) {
            each.append(each.isEmpty() ? "" : "; ").append(LinkLostException.text(refusal.cause()));
        }
        SocketException all = new SocketException(
                "none of the " + refusals.size() + " boards that are up has opened the socket: " + each);
        all.initCause(last);
        return all;
    }

    @Override
    public LinkLostException refusal() {
        return life.get() == Life.CLOSED
                ? LinkLostException.poolClosed()
                : LinkLostException.noBoard(state().members());
    }

    // ---- the life of the pool

    /** Begins to connect to all of them; completes when each has been tried once, and those that answer are known. */
    Mono<Void> start() {
        members.forEach(PoolMember::start);
        return Mono.when(members.stream().map(PoolMember::tried).toList());
    }

    PoolState state() {
        return new PoolState(members.stream().map(PoolMember::state).toList());
    }

    /** Replays the present state; who does not keep up gets the latest. Completes with the end. */
    Flux<PoolState> states() {
        return states.asFlux().onBackpressureLatest();
    }

    /** Completes when the end was wanted, fails with {@link LinkLostException} when not. */
    Mono<Void> onClose() {
        return ended.asMono();
    }

    boolean isOver() {
        return life.get() != Life.OPEN;
    }

    /** Closes all boards. */
    void close() {
        if (life.compareAndSet(Life.OPEN, Life.CLOSED)) {
            Mono.when(members.stream().map(PoolMember::close).toList())
                    .subscribe(nothing -> {}, never -> ended.tryEmitEmpty(), ended::tryEmitEmpty);
        }
    }

    /** A member's state has changed: emits the present one if it is another than the last one; one thread at a time. */
    private void changed() {
        if (publishing.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            PoolState now = state();
            if (!now.equals(published)) {
                published = now;
                states.tryEmitNext(now);
                if (now.isOver()) {
                    states.tryEmitComplete();
                    if (life.compareAndSet(Life.OPEN, Life.LOST)) {
                        ended.tryEmitError(refusal());
                    }
                }
            }
            seen = publishing.addAndGet(-seen);
        }
    }
}
