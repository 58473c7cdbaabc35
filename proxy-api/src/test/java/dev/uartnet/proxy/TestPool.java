package dev.uartnet.proxy;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.ReplaceableLine.Valve;
import dev.uartnet.proxy.ReplaceableLine.ValvePort;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Virtual boards on lines in memory, which can be unplugged and others plugged in, and a pool of them. */
final class TestPool implements AutoCloseable {
    static final Duration WAIT = TestLine.WAIT;

    final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("uartnet-host"), NioIoHandler.newFactory());
    private final List<Board> boards = new ArrayList<>();
    private @Nullable ProxyPool pool;

    /** A place for a board, named after its index: "board0". */
    final class Board {
        final String name;
        private final AtomicReference<@Nullable MemoryPort> plugged = new AtomicReference<>();
        private @Nullable VirtualEsp32 device;

        Board(String name) {
            this.name = name;
        }

        void plug(UnaryOperator<VirtualEsp32.Builder> builder) throws IOException {
            MemoryPort.Pair line = MemoryPort.pair();
            device = builder.apply(VirtualEsp32.builder()).start(line.b());
            plugged.set(line.a());
        }

        /** Takes the device away without a word. */
        void unplug() {
            plugged.set(null);
            device().close();
        }

        VirtualEsp32 device() {
            return Objects.requireNonNull(device);
        }

        PoolMember member() {
            return pool().member(name);
        }

        PoolMemberState await(PoolMemberState.Kind kind) {
            return TestPool.this
                    .await(state -> state.members().stream()
                            .anyMatch(member -> member.name().equals(name) && member.kind() == kind))
                    .members()
                    .stream()
                    .filter(member -> member.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        private Mono<ProxyClient> client(ProxyConnector connector) {
            Bootstrap bootstrap = new Bootstrap()
                    .group(loops)
                    .channelFactory(
                            () -> new UartChannel(address -> new ValvePort(address.portName(), plugged, new Valve())));
            return connector.connect(bootstrap, new UartAddress(name));
        }
    }

    /** Boards that are all alike, and plugged in. */
    static TestPool of(int boards, UnaryOperator<VirtualEsp32.Builder> each) throws IOException {
        TestPool pool = new TestPool();
        for (int i = 0; i < boards; i++) {
            pool.add().plug(each);
        }
        return pool;
    }

    /** Another place, empty. */
    Board add() {
        Board board = new Board("board" + boards.size());
        boards.add(board);
        return board;
    }

    Board board(int index) {
        return boards.get(index);
    }

    static ProxyConnector quick() {
        return ProxyClient.connector()
                .reconnect(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(10)).maxBackoff(Duration.ofMillis(50)));
    }

    Mono<ProxyPool> connecting(UnaryOperator<ProxyConnector> configuration) {
        ProxyConnector connector = configuration.apply(quick().runOn(loops));
        Map<String, Mono<ProxyClient>> clients = new LinkedHashMap<>();
        boards.forEach(board -> clients.put(board.name, board.client(connector)));
        return connector.pool(clients);
    }

    /** Connects to all. */
    TestPool connect(UnaryOperator<ProxyConnector> configuration) {
        pool = TestLine.get(connecting(configuration));
        return this;
    }

    TestPool connect() {
        return connect(connector -> connector);
    }

    ProxyPool pool() {
        return Objects.requireNonNull(pool);
    }

    PoolState await(Predicate<PoolState> wanted) {
        return Objects.requireNonNull(pool().states().filter(wanted).blockFirst(WAIT));
    }

    /** How many sockets each board has. */
    List<Integer> sockets() {
        return boards.stream().map(board -> board.member().sockets()).toList();
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.close().block(WAIT);
        }
        for (Board board : boards) {
            if (board.device != null) {
                board.device().close();
            }
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
