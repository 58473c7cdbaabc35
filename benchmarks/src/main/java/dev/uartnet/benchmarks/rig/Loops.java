package dev.uartnet.benchmarks.rig;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** Event loops of one thread each, whose names tell whose they are. */
public final class Loops {
    /** Names of the host's threads begin with it. */
    static final String HOST = "host";

    private Loops() {}

    /** As a client has it by default: epoll's where there is epoll, so that the ports need no threads. */
    public static EventLoopGroup host() {
        return new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory(HOST, true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** For the server that bytes go to and come from. */
    public static EventLoopGroup server() {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("server", true), NioIoHandler.newFactory());
    }
}
