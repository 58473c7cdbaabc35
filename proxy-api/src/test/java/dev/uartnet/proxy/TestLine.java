package dev.uartnet.proxy;

import dev.uartnet.esp32.VirtualEsp32;
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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** A virtual device, a line in memory, and a client at its other end. */
final class TestLine implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(20);

    final VirtualEsp32 device;
    final MemoryPort hostPort;
    /** Two loops, so that a socket's often differs from the link's. */
    final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("uartnet-host"), NioIoHandler.newFactory());

    final ProxyClient client;

    private TestLine(UnaryOperator<VirtualEsp32.Builder> device, UnaryOperator<ProxyConnector> connector)
            throws IOException {
        MemoryPort.Pair line = MemoryPort.pair();
        hostPort = line.a();
        this.device = device.apply(VirtualEsp32.builder()).start(line.b());
        // A line in memory cannot be opened twice.
        ProxyConnector once = ProxyClient.connector().noReconnect();
        client = get(connect(connector.apply(once).runOn(loops), loops, hostPort));
    }

    static TestLine open() throws IOException {
        return open(device -> device);
    }

    static TestLine open(UnaryOperator<VirtualEsp32.Builder> device) throws IOException {
        return new TestLine(device, connector -> connector);
    }

    static TestLine open(UnaryOperator<VirtualEsp32.Builder> device, UnaryOperator<ProxyConnector> connector)
            throws IOException {
        return new TestLine(device, connector);
    }

    static Mono<ProxyClient> connect(ProxyConnector connector, EventLoopGroup loops, MemoryPort port) {
        Bootstrap bootstrap = new Bootstrap().group(loops).channelFactory(() -> new UartChannel(port));
        return connector.connect(bootstrap, new UartAddress(port.name()));
    }

    static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(WAIT));
    }

    @Override
    public void close() {
        client.close().block(WAIT);
        device.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
