package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.CompositeBufferGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketCancelWriteTest;
import io.netty.testsuite.transport.socket.SocketChannelNotYetConnectedTest;
import io.netty.testsuite.transport.socket.SocketCloseForciblyTest;
import io.netty.testsuite.transport.socket.SocketConnectTest;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketExceptionHandlingTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import io.netty.testsuite.transport.socket.SocketMultipleConnectTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketRstTest;
import io.netty.testsuite.transport.socket.SocketShutdownOutputBySelfTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import io.netty.testsuite.transport.socket.WriteBeforeRegisteredTest;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInfo;

/**
 * Netty's own tests of a socket transport, with proxied sockets as clients and a device between them and Netty's server sockets. Left
 * out are files ({@code FileRegion}, as with HTTP/2's channels), what concerns datagrams or servers, what needs another network
 * than this host's own, and what relies on an allocator that chooses the size of what is read: here it is the frames'. {@code SocketBufReleaseTest} takes it that a
 * write that has succeeded holds its buffer no more: here it is in the send buffer, uncopied, until it has left for the line. TLS and the
 * largest volumes are left to {@link Traffic}: paranoid leak detection makes them last minutes.
 */
class NettyTestsuiteTest {
    private static final List<ByteBufAllocator> ALLOCATORS = List.of(PooledByteBufAllocator.DEFAULT);

    private static TestLine line;
    private static EventLoopGroup ownLoops;

    @BeforeAll
    static void open() throws Exception {
        line = TestLine.open();
        // Never the link's loop.
        ownLoops = new MultiThreadIoEventLoopGroup(
                2, new DefaultThreadFactory("uartnet-sockets"), NioIoHandler.newFactory());
    }

    @AfterAll
    static void close() {
        line.close();
        ownLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static List<BootstrapFactory<Bootstrap>> clients() {
        return List.of(() -> line.client.bootstrap(line.loops), () -> line.client.bootstrap(ownLoops));
    }

    private static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combos() {
        return clients().stream()
                .<BootstrapComboFactory<ServerBootstrap, Bootstrap>>map(ProxiedClient::new)
                .toList();
    }

    private record ProxiedClient(BootstrapFactory<Bootstrap> clients)
            implements BootstrapComboFactory<ServerBootstrap, Bootstrap> {
        @Override
        public ServerBootstrap newServerInstance() {
            return new ServerBootstrap().group(line.loops).channel(NioServerSocketChannel.class);
        }

        @Override
        public Bootstrap newClientInstance() {
            return clients.newInstance();
        }
    }

    @Nested
    class Echo extends SocketEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos().subList(1, 2);
        }
    }

    @Nested
    class FixedLengthEcho extends SocketFixedLengthEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class HalfClosed extends SocketHalfClosedTest {
        /** A reset follows written bytes at once, and expects that they have arrived: over a line they may not have. */
        @Override
        public void testAutoCloseFalseDoesShutdownOutput(TestInfo testInfo) {}

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class Connect extends SocketConnectTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class CloseForcibly extends SocketCloseForciblyTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class CancelWrite extends SocketCancelWriteTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class CompositeBufferGatheringWrite extends CompositeBufferGatheringWriteTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class DataReadInitialState extends SocketDataReadInitialStateTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class ExceptionHandling extends SocketExceptionHandlingTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class Rst extends SocketRstTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class StringEcho extends SocketStringEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class ObjectEcho extends SocketObjectEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos().subList(1, 2);
        }
    }

    @Nested
    class MultipleConnect extends SocketMultipleConnectTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class ShutdownOutputBySelf extends SocketShutdownOutputBySelfTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }

    @Nested
    class WriteBeforeRegistered extends WriteBeforeRegisteredTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }

    @Nested
    class ChannelNotYetConnected extends SocketChannelNotYetConnectedTest {
        /** Binds the socket first, which a proxied one cannot. */
        @Override
        public void testShutdownNotYetConnected(TestInfo testInfo) {}

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return ALLOCATORS;
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }
}
