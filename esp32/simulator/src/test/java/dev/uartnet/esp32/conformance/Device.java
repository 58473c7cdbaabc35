package dev.uartnet.esp32.conformance;

import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A running device and the ways to its line: a path to open, or a new port in memory for each host. */
final class Device implements AutoCloseable {
    interface MemoryPorts {
        UartPort next() throws IOException;
    }

    private final EventLoopGroup hosts = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Runnable[] closings;
    private final @Nullable String path;
    private final @Nullable MemoryPorts ports;

    Device(@Nullable String path, @Nullable MemoryPorts ports, Runnable... closings) {
        this.path = path;
        this.ports = ports;
        this.closings = closings;
    }

    /** Opens the host's end of the line. */
    Channel open(Consumer<Channel> initializer) throws IOException {
        UartPort port = ports == null ? null : ports.next();
        String name = path == null ? "memory" : path;
        return new Bootstrap()
                .group(hosts)
                .channelFactory(() -> port == null ? new UartChannel() : new UartChannel(port))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initializer.accept(channel);
                    }
                })
                .connect(new UartAddress(name))
                .syncUninterruptibly()
                .channel();
    }

    @Override
    public void close() {
        for (Runnable closing : closings) {
            closing.run();
        }
        hosts.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
