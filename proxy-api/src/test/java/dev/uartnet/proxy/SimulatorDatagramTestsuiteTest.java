package dev.uartnet.proxy;

import io.netty.channel.EventLoopGroup;

class SimulatorDatagramTestsuiteTest extends DatagramTestsuiteTest {
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
    EventLoopGroup lineLoops() {
        return line.loops;
    }
}
