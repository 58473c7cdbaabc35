package dev.uartnet.proxy;

import io.netty.channel.socket.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.util.retry.Retry;

/**
 * Several devices, each on its own serial line, as one network: for who has outgrown one board. It opens sockets as {@link ProxyClient} does, each on the board
 * that has the most room.
 *
 * <pre>{@code
 * ProxyClient.pool("/dev/ttyUSB0", "/dev/ttyUSB1")
 *         .flatMapMany(boards -> boards.httpClient()
 *                 .get()
 *                 .uri("http://example.org/")
 *                 .responseContent()
 *                 .asString()
 *                 .doFinally(end -> boards.dispose()))
 * }</pre>
 *
 * <p><b>Which board.</b> A new socket (TCP or UDP, by whatever client) goes to the board with the fewest sockets in relation to those that it can
 * have; where boards are equal, in turn. One that has no socket or memory left, or no network, is passed over, and the next one is asked: nothing
 * has been sent then. So is one that is lost before it can have seen the request. Names are resolved by whichever board has room; of one
 * that is lost or has no network, by another one. The boards should be in the same network. One connection has one line's rate: it takes several to use several
 * lines. (A client of HTTP/2 sends all requests to a server over one connection, as long as that can take them.)
 *
 * <p><b>When a board is lost</b>, its sockets fail with {@link LinkLostException}; they do not move. Others go on. It gets no new ones until it
 * is back, for which its {@link ProxyConnector#reconnect Retry} sees by itself; so for one that could not be opened at first. While no board is up, new
 * sockets and requests wait, or fail at once ({@link ProxyConnector#whileDown}), with a {@link LinkLostException} that names each board and its
 * cause. {@link #states()} tells.
 *
 * <p><b>Listeners</b> are at an address, which is one board's: {@code pool.member("/dev/ttyUSB0").client()} gives the client that has {@link
 * ProxyClient#tcpServer()} and so on. Those of the pool's {@link #sockets()} fail with {@link UnsupportedOperationException}.
 *
 * <p>With Netty: {@code new ProxySocketChannel(pool)}, or {@link #bootstrap}. Threads: as {@link ProxyNetwork}.
 */
public final class ProxyPool extends ProxyNetwork {
    private final PoolSessions boards;

    private ProxyPool(PoolSessions boards, Duration requestTimeout, LoopResources loops) {
        super(boards, requestTimeout, loops);
        this.boards = boards;
        boards.onClose().subscribe(nothing -> {}, lost -> reactorNetty().dispose());
    }

    /** See {@link ProxyConnector#pool(Map)}. */
    static Mono<ProxyPool> connect(
            Map<String, Mono<ProxyClient>> clients,
            @Nullable Retry retry,
            WhileDown whileDown,
            Duration requestTimeout,
            LoopResources loops) {
        return Mono.create(sink -> {
            PoolSessions boards = new PoolSessions(clients, retry, whileDown);
            ProxyPool pool = new ProxyPool(boards, requestTimeout, loops);
            sink.onCancel(pool);
            boards.start().subscribe(nothing -> {}, sink::error, () -> {
                if (boards.state().isUp()) {
                    sink.success(pool);
                } else {
                    LinkLostException why = boards.refusal();
                    pool.close().subscribe(nothing -> {}, any -> sink.error(why), () -> sink.error(why));
                }
            });
        });
    }

    /** Returns the boards, in the order in which they were given; those that are lost, too. */
    public List<PoolMember> members() {
        return boards.members();
    }

    /**
     * Returns a board.
     *
     * @param name its port's name as it was given, or what it was called
     * @throws IllegalArgumentException if there is none of that name
     */
    public PoolMember member(String name) {
        Objects.requireNonNull(name);
        return members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the pool has no board " + name + "; it has "
                        + members().stream().map(PoolMember::name).toList()));
    }

    /** Returns how the boards stand at this moment. */
    public PoolState state() {
        return boards.state();
    }

    /**
     * Tells how the boards stand: the present state at once, then each change; a subscriber that does not keep up gets the latest one. Signals on
     * the thread that changes it, which must not be blocked. Completes when the last board is {@link PoolMemberState.Kind#CLOSED}.
     */
    public Flux<PoolState> states() {
        return boards.states();
    }

    /** {@inheritDoc} It is lost when each board is {@link PoolMemberState.Kind#CLOSED}. */
    @Override
    public Mono<Void> onClose() {
        return boards.onClose();
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            boards.close();
            return onClose().onErrorComplete().then(reactorNetty().disposeLater());
        });
    }

    /** Returns whether it is closed, for any reason; while it waits for boards it is not. */
    @Override
    public boolean isDisposed() {
        return boards.isOver();
    }

    @Override
    ServerSocketChannel newListener() {
        throw new UnsupportedOperationException(
                "a pool listens at no port of its own: say which board's with member(name).client(), one of "
                        + members().stream().map(PoolMember::name).toList());
    }

    /** What all of those that are up can do. */
    @Override
    long features() {
        return members().stream()
                .map(PoolMember::features)
                .filter(Objects::nonNull)
                .reduce((one, other) -> one & other)
                .orElse(0L);
    }

    @Override
    public String toString() {
        return "ProxyPool[" + state() + "]";
    }
}
