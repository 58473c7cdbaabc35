package dev.uartnet.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketFileRegionTest;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInfo;

/** The simulator over a line in memory. */
class SimulatorNettyTest extends NettyLongStreamSuite {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.simulator();
    }

    /** Here only, and one of a kind: each of these writes 10 MB, and reading a file is this host's affair whatever the device. */
    @Nested
    class FileRegions extends SocketFileRegionTest {
        /** As {@code testFileRegion}; {@link Echo} is without auto-read, too. */
        @Override
        public void testFileRegionNotAutoRead(TestInfo testInfo) {}

        /** As {@code testFileRegion}; {@link Echo} has void promises, too. */
        @Override
        public void testFileRegionVoidPromise(TestInfo testInfo) {}

        /** As {@code testFileRegion}. */
        @Override
        public void testFileRegionVoidPromiseNotAutoRead(TestInfo testInfo) {}

        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }

        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos().subList(0, 1);
        }
    }
}
