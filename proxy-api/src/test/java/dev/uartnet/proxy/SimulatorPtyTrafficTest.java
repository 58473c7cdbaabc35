package dev.uartnet.proxy;

import dev.uartnet.esp32.VirtualEsp32;

/** Over a serial port of the system, opened by its name. */
class SimulatorPtyTrafficTest extends Traffic {
    private VirtualEsp32 device;

    @Override
    ProxyClient start() throws Exception {
        device = VirtualEsp32.builder().build();
        return TestLine.get(ProxyClient.connect(device.servePty()));
    }

    @Override
    void stop() {
        device.close();
    }

    @Override
    int largeBytes() {
        return 5_000_000;
    }

    @Override
    int concurrentBytes() {
        return 100_000;
    }

    @Override
    int stoppedBytes() {
        return 12_000_000;
    }
}
