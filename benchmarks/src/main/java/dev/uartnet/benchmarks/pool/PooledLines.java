package dev.uartnet.benchmarks.pool;

import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.ClosingStack;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Loops;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Goodput;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyPool;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Devices behind simulated lines, and a pool of them whose hosts share one event loop. */
final class PooledLines implements AutoCloseable {
    static final int BAUD = 921_600;
    /** A byte takes 10 bits. */
    static final double LINE_BYTES = BAUD / 10.0;

    private static final Duration CONNECT_MAX = Duration.ofSeconds(60);

    private final ClosingStack closing = new ClosingStack();
    private final EventLoopGroup group = Loops.host();
    private final InetSocketAddress server;
    private final ProxyPool pool;
    private final List<Board> boards = new ArrayList<>();

    /** Starts them, and connects. */
    PooledLines(int count, DeviceKind kind) throws IOException {
        try {
            closing.push(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
            server = Rig.server(closing);
            for (int i = 0; i < count; i++) {
                boards.add(closing.push(Board.of(kind, BAUD).start()));
            }
            pool = Objects.requireNonNull(ProxyClient.connector()
                    .baudRate(BAUD)
                    .connectTimeout(CONNECT_MAX)
                    .runOn(group)
                    .pool(boards.stream().map(Board::path).toArray(String[]::new))
                    .block(CONNECT_MAX));
            closing.push(() -> pool.close().block(Duration.ofSeconds(10)));
            if (pool.state().up() < count) {
                throw new IOException(pool.toString());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns one of the boards: how busy it is stands for all. */
    Board first() {
        return boards.get(0);
    }

    /**
     * Moves so many bytes over as many connections as there are boards, all at once.
     *
     * @return bytes a second of all of them together, until the last byte of the slowest
     */
    double goodput(long down, long up) throws Exception {
        List<CompletableFuture<Goodput>> all = new ArrayList<>();
        for (int i = 0; i < boards.size(); i++) {
            all.add(Goodput.measure(pool.bootstrap(group), server, down, up));
        }
        long slowest = 0;
        for (CompletableFuture<Goodput> one : all) {
            Goodput done = one.get(2, TimeUnit.MINUTES);
            slowest = Math.max(slowest, Math.max(done.downNanos(), done.upNanos()));
        }
        return boards.size() * (down + up) * 1e9 / slowest;
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
