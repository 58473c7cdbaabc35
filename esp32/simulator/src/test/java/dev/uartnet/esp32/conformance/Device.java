package dev.uartnet.esp32.conformance;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPortBusyException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A running device, and the way to its line. */
public final class Device implements AutoCloseable {
    /** Opens the host's end of the line. */
    public interface Line {
        /** Returns an open channel whose pipeline the handler has made. */
        Channel open(EventLoopGroup hosts, ChannelHandler handler) throws IOException;
    }

    private static final int OPENINGS_MAX = 20;
    private static final long OPENING_PAUSE_NANOS = 100_000_000;

    private final EventLoopGroup hosts = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Line line;
    private final List<Runnable> closings;

    public Device(Line line, Runnable... closings) {
        this.line = line;
        this.closings = List.of(closings);
    }

    /** A device behind a path that is opened as a serial port. */
    public static Device onPath(String path, Runnable... closings) {
        return new Device((hosts, handler) -> openPath(path, hosts, handler), closings);
    }

    /** A device at the other end of a port, which can be opened once. */
    static Device onPort(UartPort port, Runnable... closings) {
        return new Device((hosts, handler) -> open(new UartChannel(port), port.name(), hosts, handler), closings);
    }

    /** A device that gets a new line in memory for each host. */
    public static Device inMemory(VirtualEsp32 device) {
        return new Device(
                (hosts, handler) -> {
                    MemoryPort.Pair line = MemoryPort.pair();
                    Channel host = open(new UartChannel(line.a()), "memory", hosts, handler);
                    device.serve(line.b());
                    return host;
                },
                device::close);
    }

    /** A test before this one may still be closing a pseudo terminal of the same number. */
    private static Channel openPath(String path, EventLoopGroup hosts, ChannelHandler handler) {
        for (int left = OPENINGS_MAX; ; left--) {
            try {
                return open(new UartChannel(), path, hosts, handler);
            } catch (Exception e) {
                if (!(e instanceof UartPortBusyException) || left == 0) {
                    throw e;
                }
                LockSupport.parkNanos(OPENING_PAUSE_NANOS);
            }
        }
    }

    private static Channel open(UartChannel channel, String name, EventLoopGroup hosts, ChannelHandler handler) {
        return new Bootstrap()
                .group(hosts)
                .channelFactory(() -> channel)
                .handler(handler)
                .connect(new UartAddress(name))
                .syncUninterruptibly()
                .channel();
    }

    /** Opens the host's end of the line. */
    public Channel open(Consumer<Channel> initializer) throws IOException {
        return line.open(hosts, new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                initializer.accept(channel);
            }
        });
    }

    @Override
    public void close() {
        closings.forEach(Runnable::run);
        hosts.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
