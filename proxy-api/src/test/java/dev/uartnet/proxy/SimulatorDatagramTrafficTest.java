package dev.uartnet.proxy;

/** Over a line in memory, as fast as it goes. */
class SimulatorDatagramTrafficTest extends DatagramTraffic {
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
    int rounds() {
        return 10_000;
    }
}
