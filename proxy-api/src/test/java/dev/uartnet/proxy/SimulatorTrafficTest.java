package dev.uartnet.proxy;

/** Over a line in memory, as fast as it goes. */
class SimulatorTrafficTest extends Traffic {
    private TestLine line;

    @Override
    ProxyClient start() throws Exception {
        line = TestLine.open();
        return line.client;
    }

    @Override
    void stop() {
        line.close();
    }

    @Override
    int largeBytes() {
        return 20_000_000;
    }

    @Override
    int concurrentBytes() {
        return 200_000;
    }

    @Override
    int stoppedBytes() {
        return 50_000_000;
    }
}
