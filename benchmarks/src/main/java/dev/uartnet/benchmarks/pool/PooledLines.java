package dev.uartnet.benchmarks.pool;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.PatternServer;
import dev.uartnet.proxy.PoolMember;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyPool;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final EventLoopGroup group = group("host");
    private final EventLoopGroup servers = group("server");
    private final InetSocketAddress server;
    private final ProxyPool pool;

    /**
     * Starts them, and connects.
     *
     * @param firmware whether the devices are the real firmware on MicroPython; else simulators
     */
    PooledLines(int count, boolean firmware) throws IOException {
        try {
            closing.push(() -> servers.shutdownGracefully(0, 1, TimeUnit.SECONDS));
            closing.push(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
            server = (InetSocketAddress)
                    PatternServer.listen(servers, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .syncUninterruptibly()
                            .channel()
                            .localAddress();
            List<String> ports = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ports.add(firmware ? firmware() : simulator());
            }
            pool = Objects.requireNonNull(ProxyClient.connector()
                    .baudRate(BAUD)
                    .connectTimeout(CONNECT_MAX)
                    .runOn(group)
                    .pool(ports.toArray(String[]::new))
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

    private static EventLoopGroup group(String name) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    private <T extends AutoCloseable> T opened(T resource) {
        closing.push(resource);
        return resource;
    }

    private String simulator() throws IOException {
        PseudoTerminal near = opened(PseudoTerminal.open());
        MemoryPort.Pair far = MemoryPort.pair();
        opened(SerialLine.between(near.masterPort(), far.a()).baud(BAUD).start());
        opened(VirtualEsp32.builder()
                .link(LinkConfig.device().withBaudRate(BAUD))
                .start(far.b()));
        return near.slavePath();
    }

    private String firmware() throws IOException {
        if (System.getProperty(Firmware.ROOT_PROPERTY) == null) {
            System.setProperty(Firmware.ROOT_PROPERTY, "."); // by hand, from the checkout's root
        }
        PseudoTerminal near = opened(PseudoTerminal.open());
        PseudoTerminal far = opened(PseudoTerminal.open());
        opened(SerialLine.between(near.masterPort(), far.masterPort())
                .baud(BAUD)
                .start());
        opened(Firmware.builder()
                .environment("UARTNET_BAUD", Integer.toString(BAUD))
                .start(Path.of(far.slavePath())));
        return near.slavePath();
    }

    /**
     * Moves so many bytes over as many connections as there are boards, all at once.
     *
     * @return bytes a second of all of them together, until the last byte of the slowest
     */
    double goodput(long down, long up) throws Exception {
        List<PoolMember> boards = pool.members();
        List<CompletableFuture<Goodput>> all = new ArrayList<>();
        for (PoolMember each : boards) {
            Objects.requireNonNull(each);
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
        IOException failure = null;
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                failure = new IOException("the lines do not close", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
