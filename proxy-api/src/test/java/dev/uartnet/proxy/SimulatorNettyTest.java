package dev.uartnet.proxy;

/** The simulator over a line in memory. */
class SimulatorNettyTest extends NettyLongStreamSuite {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.simulator();
    }
}
