package dev.uartnet.proxy;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPortNotFoundException;
import dev.uartnet.transport.UartSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.util.retry.Retry;

/** A virtual device that can be unplugged, and another one plugged in, and a client that reconnects. */
final class ReplaceableLine implements AutoCloseable {
    static final Duration WAIT = TestLine.WAIT;

    final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("uartnet-host"), NioIoHandler.newFactory());
    /** The host's end of the line to the device, until somebody has opened it. */
    private final AtomicReference<@Nullable MemoryPort> plugged = new AtomicReference<>();

    private final Valve valve = new Valve();
    private @Nullable VirtualEsp32 device;
    final ProxyClient client;

    /** Lets the host's bytes through, or not. */
    static final class Valve {
        volatile boolean shut;
    }

    ReplaceableLine(UnaryOperator<VirtualEsp32.Builder> first, UnaryOperator<ProxyConnector> connector)
            throws IOException {
        plug(first);
        ProxyConnector quick = ProxyClient.connector()
                .reconnect(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(10)).maxBackoff(Duration.ofMillis(50)))
                .runOn(loops);
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .channelFactory(() -> new UartChannel(address -> new ValvePort(address.portName(), plugged, valve)));
        client = TestLine.get(connector.apply(quick).connect(bootstrap, new UartAddress("memory")));
    }

    /** Plugs a new device in. */
    void plug(UnaryOperator<VirtualEsp32.Builder> builder) throws IOException {
        MemoryPort.Pair line = MemoryPort.pair();
        device = builder.apply(VirtualEsp32.builder()).start(line.b());
        valve.shut = false;
        plugged.set(line.a());
    }

    /** Takes the device away without a word. */
    void unplug() {
        Objects.requireNonNull(device).close();
    }

    /** From now on nothing of the host's gets through to the device. */
    void shut() {
        valve.shut = true;
    }

    VirtualEsp32 device() {
        return Objects.requireNonNull(device);
    }

    LinkState await(LinkState.Kind kind) {
        return Objects.requireNonNull(
                client.states().filter(state -> state.kind() == kind).blockFirst(WAIT));
    }

    @Override
    public void close() {
        client.close().block(WAIT);
        unplug();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** The end of whatever line is plugged in when it is opened. */
    static final class ValvePort implements UartPort {
        private static final long SHUT_MILLIS = 5;

        private final String name;
        private final AtomicReference<@Nullable MemoryPort> plugged;
        private final Valve valve;
        private volatile @Nullable MemoryPort port;
        private volatile boolean closed;

        ValvePort(String name, AtomicReference<@Nullable MemoryPort> plugged, Valve valve) {
            this.name = name;
            this.plugged = plugged;
            this.valve = valve;
        }

        private MemoryPort port() {
            return Objects.requireNonNull(port);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void open(UartSettings settings) throws IOException {
            MemoryPort now = plugged.getAndSet(null);
            if (now == null) {
                throw new UartPortNotFoundException(name, "cannot open " + name + ": no such port");
            }
            now.open(settings);
            port = now;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return port().read(target, offset, length);
        }

        @Override
        public int write(byte[] source, int offset, int length) throws IOException {
            if (valve.shut && !closed) {
                try {
                    TimeUnit.MILLISECONDS.sleep(SHUT_MILLIS); // as a driver that takes nothing
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 0;
            }
            return port().write(source, offset, length);
        }

        @Override
        public boolean isLost() {
            return port().isLost();
        }

        @Override
        public void configure(UartSettings settings) throws IOException {
            port().configure(settings);
        }

        @Override
        public void setDtr(boolean asserted) throws IOException {
            port().setDtr(asserted);
        }

        @Override
        public void setRts(boolean asserted) throws IOException {
            port().setRts(asserted);
        }

        @Override
        public void setBreak(boolean active) throws IOException {
            port().setBreak(active);
        }

        @Override
        public void close() {
            closed = true;
            MemoryPort open = port;
            if (open != null) {
                open.close();
            }
        }
    }
}
