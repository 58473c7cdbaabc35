package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import io.netty.testsuite.transport.socket.SocketAutoReadTest;
import io.netty.testsuite.transport.socket.SocketCancelWriteTest;
import io.netty.testsuite.transport.socket.SocketChannelNotYetConnectedTest;
import io.netty.testsuite.transport.socket.SocketCloseForciblyTest;
import io.netty.testsuite.transport.socket.SocketConnectTest;
import io.netty.testsuite.transport.socket.SocketConnectionAttemptTest;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import io.netty.testsuite.transport.socket.SocketExceptionHandlingTest;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import io.netty.testsuite.transport.socket.SocketMultipleConnectTest;
import io.netty.testsuite.transport.socket.SocketReadPendingTest;
import io.netty.testsuite.transport.socket.SocketRstTest;
import io.netty.testsuite.transport.socket.SocketShutdownOutputByPeerTest;
import io.netty.testsuite.transport.socket.SocketShutdownOutputBySelfTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import io.netty.testsuite.transport.socket.WriteBeforeRegisteredTest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInfo;

/**
 * Netty's own tests of a TCP transport, but for those of {@link NettyLongStreamSuite}. Left out altogether are, each for its reason:
 *
 * <ul>
 *   <li>{@code SocketBufReleaseTest} takes it that a write that has succeeded holds its buffer no more: here it is in the send buffer,
 *       uncopied, until it has left for the line.
 *   <li>{@code SocketConditionalWritabilityTest}: 100 MB.
 *   <li>{@code ServerSocketSuspendTest}: Netty itself has switched it off; it needs connects to fail for want of a backlog, and only some
 *       systems' do. {@link ProxyServerSocketChannelTest} has what it is about.
 *   <li>{@code TrafficShapingHandlerTest}: is about a handler and measures time. {@code SocketSslClientRenegotiate}, {@code
 *       SocketSslLargeCertificate} and {@code SocketSslSessionReuse}: are about TLS engines, some of them OpenSSL's.
 *   <li>{@code AbstractSocketReuseFdTest} is about file descriptors, {@code NioEventLoopTest} and its like about event loops, {@code
 *       Datagram*} about datagrams.
 * </ul>
 */
abstract class NettyStreamSuite extends NettySuite {
    @Nested
    class StringEcho extends SocketStringEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class AutoRead extends SocketAutoReadTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class ReadPending extends SocketReadPendingTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class HalfClosed extends SocketHalfClosedTest {
        /** A reset follows written bytes at once, and expects that they have arrived: over a line they may not have. It blocks event loops, too. */
        @Override
        public void testAutoCloseFalseDoesShutdownOutput(TestInfo testInfo) {}

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
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
            return allocators();
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }

    @Nested
    class ShutdownOutputByPeer extends SocketShutdownOutputByPeerTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapFactory<ServerBootstrap>> newFactories() {
            return servers();
        }
    }

    @Nested
    class Connect extends SocketConnectTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class ConnectionAttempt extends SocketConnectionAttemptTest {
        /** Needs another network than this host's own. */
        @Override
        public void testConnectTimeout(TestInfo testInfo) {}

        /** Needs another network than this host's own. */
        @Override
        public void testConnectCancellation(TestInfo testInfo) {}

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }

    @Nested
    class Addresses extends SocketAddressesTest {
        @Override
        protected void assertAddress(SocketAddress address) {
            assertThat(((InetSocketAddress) address).getAddress().isLoopbackAddress())
                    .isTrue();
            assertThat(((InetSocketAddress) address).getPort()).isPositive();
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
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
            return allocators();
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
            return allocators();
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
            return allocators();
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
            return allocators();
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
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class MultipleConnect extends SocketMultipleConnectTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos();
        }
    }

    @Nested
    class WriteBeforeRegistered extends WriteBeforeRegisteredTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }

    @Nested
    class ChannelNotYetConnected extends SocketChannelNotYetConnectedTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return clients();
        }
    }
}
