package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.CompositeBufferGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketSpdyEchoTest;
import io.netty.testsuite.transport.socket.SocketSslEchoTest;
import io.netty.testsuite.transport.socket.SocketSslGreetingTest;
import io.netty.testsuite.transport.socket.SocketStartTlsTest;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInfo;

/** All of Netty's own tests of a TCP transport: {@link NettyStreamSuite}, and those with much data or TLS. */
abstract class NettyLongStreamSuite extends NettyStreamSuite {
    @Nested
    class Echo extends SocketEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return bothProxied();
        }
    }

    @Nested
    class FixedLengthEcho extends SocketFixedLengthEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return bothProxied();
        }
    }

    @Nested
    class GatheringWrite extends SocketGatheringWriteTest {
        /** 50 MB: {@link Traffic} has large transfers. */
        @Override
        public void testGatheringWriteBig(TestInfo testInfo) {}

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return bothProxied();
        }
    }

    @Nested
    class CompositeBufferGatheringWrite extends CompositeBufferGatheringWriteTest {
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
    class ObjectEcho extends SocketObjectEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return bothProxied();
        }
    }

    @Nested
    class SpdyEcho extends SocketSpdyEchoTest {
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
    class StartTls extends SocketStartTlsTest {
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
    class SslGreeting extends SocketSslGreetingTest {
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
    class SslEcho extends SocketSslEchoTest {
        /**
         * Of Netty's ways those of the JDK's TLS without renegotiation, which is the same over any transport; and each of the five switches both on and off, not
         * all of their 32 combinations: each is a megabyte both ways.
         */
        @SuppressWarnings("HidingField")
        public static Collection<Object[]> data() throws Exception {
            return SocketSslEchoTest.data().stream()
                    .filter(way -> way[2].toString().equals("NONE"))
                    .filter(way -> List.of(0, 21, 26, 15).contains(switches(way)))
                    .toList();
        }

        private static int switches(Object[] way) {
            int bits = 0;
            for (int i = 3; i < 8; i++) {
                bits = 2 * bits + ((Boolean) way[i] ? 1 : 0);
            }
            return bits;
        }

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return bothProxied();
        }
    }
}
