package dev.uartnet.benchmarks.rig;

import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.PatternServer;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyConnector;
import dev.uartnet.transport.UartPortBusyException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import reactor.util.retry.Retry;

/** A board, a client of it, and a server for its sockets to talk to. */
public final class Rig implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(60);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final ClosingStack closing = new ClosingStack();
    private final EventLoopGroup group = Loops.host();
    private final InetSocketAddress server;
    private final Board board;
    private final ProxyClient client;

    /**
     * Starts everything, and connects.
     *
     * @param configuration what the client has besides the port and its speed
     */
    public Rig(Board.Builder device, UnaryOperator<ProxyConnector> configuration) throws IOException {
        try {
            closing.push(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
            server = server(closing);
            board = closing.push(device.start());
            client = Objects.requireNonNull(configuration
                    .apply(ProxyClient.connector()
                            .port(board.path())
                            .baudRate(board.speed())
                            .connectTimeout(CONNECT_MAX)
                            .runOn(group))
                    .connect()
                    .retryWhen(whilePortsClose())
                    .block(CONNECT_MAX.multipliedBy(2)));
            closing.push(() -> client.close().block(CLOSE_MAX));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public Rig(Board.Builder device) throws IOException {
        this(device, connector -> connector);
    }

    /** A clean line. */
    public Rig(DeviceKind kind, int baud) throws IOException {
        this(Board.of(kind, baud));
    }

    /** A rig before this one may still be closing a pseudo terminal of the same number. */
    public static Retry whilePortsClose() {
        return Retry.fixedDelay(50, Duration.ofMillis(100)).filter(UartPortBusyException.class::isInstance);
    }

    /** Starts a server on a thread of its own; returns where it listens. */
    public static InetSocketAddress server(ClosingStack closing) {
        EventLoopGroup servers = Loops.server();
        closing.push(() -> servers.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        return (InetSocketAddress)
                PatternServer.listen(servers, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel()
                        .localAddress();
    }

    public ProxyClient client() {
        return client;
    }

    public Board board() {
        return board;
    }

    /** Returns what makes sockets of the device. */
    public Bootstrap sockets() {
        return client.bootstrap(group);
    }

    public InetSocketAddress server() {
        return server;
    }

    /** Begins to move bytes over one connection, both ways at once. */
    public CompletableFuture<Goodput> begin(long down, long up) {
        return Goodput.measure(sockets(), server, down, up);
    }

    /** Moves bytes over one connection, both ways at once, and waits for them. */
    public Goodput transfer(long down, long up) throws IOException {
        CompletableFuture<Goodput> transfer = begin(down, up);
        try {
            return transfer.get(3, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a transfer failed" + board.complaint(), e);
        } finally {
            transfer.cancel(false);
        }
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
