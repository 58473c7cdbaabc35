package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.DatagramUnicastInetTest;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Netty's own tests of a datagram transport: proxied sockets with each other, and with Netty's own, over loops that are the link's and
 * others. One class for each kind of device.
 *
 * <p>Left out are {@code DatagramMulticastTest} and {@code DatagramMulticastIPv6Test} (there is no multicast); {@code DatagramConnectNotExistsTest}
 * and {@code DatagramConnectedWriteExceptionTest} (a channel is connected on this host only, and a network tells only connected sockets that
 * nobody has got a datagram; the latter wants the failure in a write's promise, too, which here is over by then); {@code
 * DatagramUnicastIPv6Test} and {@code DatagramUnicastIPv6MappedTest} (they need a device with IPv6).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatagramTestsuiteTest extends DatagramUnicastInetTest {
    private EventLoopGroup ownLoops;
    private ProxyClient client;

    /** Starts the device and connects to it. */
    abstract ProxyClient start() throws Exception;

    abstract void stop();

    /** The loops of the line. */
    abstract EventLoopGroup lineLoops();

    @BeforeAll
    void open() throws Exception {
        // Never the link's loop.
        ownLoops = new MultiThreadIoEventLoopGroup(
                2, new DefaultThreadFactory("uartnet-sockets"), NioIoHandler.newFactory());
        client = start();
    }

    @AfterAll
    void close() {
        if (client != null) {
            client.close().block(TestLine.WAIT);
        }
        stop();
        ownLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private Bootstrap proxied(EventLoopGroup loops) {
        return new Bootstrap().group(loops).channelFactory(() -> new ProxyDatagramChannel(client));
    }

    private Bootstrap own() {
        return new Bootstrap().group(ownLoops).channel(NioDatagramChannel.class);
    }

    private record Pair(BootstrapFactory<Bootstrap> servers, BootstrapFactory<Bootstrap> clients)
            implements BootstrapComboFactory<Bootstrap, Bootstrap> {
        @Override
        public Bootstrap newServerInstance() {
            return servers.newInstance();
        }

        @Override
        public Bootstrap newClientInstance() {
            return clients.newInstance();
        }
    }

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        return List.of(
                new Pair(() -> proxied(lineLoops()), () -> proxied(ownLoops)),
                new Pair(() -> proxied(ownLoops), this::own),
                new Pair(this::own, () -> proxied(lineLoops())));
    }

    @Override
    protected List<ByteBufAllocator> newAllocators() {
        return List.of(PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT);
    }
}
