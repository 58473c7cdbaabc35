package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * What Netty's own tests of a socket transport are run on: sockets of a device as clients with Netty's NIO servers, as servers with Netty's
 * NIO clients, and as both. {@link NettyStreamSuite} and {@link NettyLongStreamSuite} have the tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NettySuite {
    private TestDevice device;
    private EventLoopGroup ownLoops;

    /** Starts the device. */
    abstract TestDevice start() throws Exception;

    @BeforeAll
    void open() throws Exception {
        device = start();
        // Never the link's loop.
        ownLoops = new MultiThreadIoEventLoopGroup(
                2, new DefaultThreadFactory("uartnet-sockets"), NioIoHandler.newFactory());
    }

    @AfterAll
    void close() throws Exception {
        if (device != null) {
            device.close();
        }
        if (ownLoops != null) {
            ownLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private EventLoopGroup linkLoops() {
        return device.client().channel().eventLoop().parent();
    }

    /** One: what differs between allocators is Netty's affair, or found by the leak detection. */
    static List<ByteBufAllocator> allocators() {
        return List.of(PooledByteBufAllocator.DEFAULT);
    }

    private Bootstrap proxiedClient() {
        return device.client().bootstrap(ownLoops);
    }

    private Bootstrap nioClient() {
        return new Bootstrap().group(ownLoops).channel(NioSocketChannel.class);
    }

    private ServerBootstrap nioServer() {
        return new ServerBootstrap().group(ownLoops).channel(NioServerSocketChannel.class);
    }

    /** The listener on the link's loop, or its neighbour, the connections on other ones. */
    private ServerBootstrap proxiedServer() {
        return new ServerBootstrap()
                .group(linkLoops(), ownLoops)
                .channelFactory(() -> new ProxyServerSocketChannel(device.client()));
    }

    private record Combo(BootstrapFactory<ServerBootstrap> servers, BootstrapFactory<Bootstrap> clients)
            implements BootstrapComboFactory<ServerBootstrap, Bootstrap> {
        @Override
        public ServerBootstrap newServerInstance() {
            return servers.newInstance();
        }

        @Override
        public Bootstrap newClientInstance() {
            return clients.newInstance();
        }
    }

    final List<BootstrapFactory<Bootstrap>> clients() {
        return List.of(this::proxiedClient, () -> device.client().bootstrap(linkLoops()));
    }

    final List<BootstrapFactory<ServerBootstrap>> servers() {
        return List.of(this::proxiedServer);
    }

    final List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combos() {
        return List.of(
                new Combo(this::nioServer, this::proxiedClient),
                new Combo(this::proxiedServer, this::nioClient),
                new Combo(this::proxiedServer, this::proxiedClient));
    }

    /** Both ends through the device: for tests of much data, which takes each of their bytes twice. */
    final List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> bothProxied() {
        return combos().subList(2, 3);
    }
}
