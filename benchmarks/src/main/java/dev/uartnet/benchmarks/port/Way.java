package dev.uartnet.benchmarks.port;

import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The ways in which a channel's bytes are moved. */
enum Way {
    EPOLL("UartChannel, epoll"),
    THREADS("UartChannel, threads");

    static final String LOOP_THREAD = "port-benchmark";

    final String title;

    Way(String title) {
        this.title = title;
    }

    boolean isAvailable() {
        return this == THREADS || Epoll.isAvailable();
    }

    /** One event loop thread. */
    EventLoopGroup newLoop() {
        return new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory(LOOP_THREAD, true),
                this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    static ChannelFuture connect(EventLoopGroup loop, String path, ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channel(UartChannel.class)
                .option(UartChannelOption.BAUD_RATE, 921_600)
                .handler(handler)
                .connect(new UartAddress(path));
    }
}
