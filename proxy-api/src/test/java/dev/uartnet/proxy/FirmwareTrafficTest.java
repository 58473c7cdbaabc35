package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;

/** The real firmware on MicroPython, 64 bits, over a pseudo terminal. */
class FirmwareTrafficTest extends Traffic {
    private Firmware firmware;

    @Override
    ProxyClient start() throws Exception {
        firmware = RealFirmware.start(Firmware.builder());
        return TestLine.get(ProxyClient.connect(firmware.path()));
    }

    @Override
    void stop() {
        if (firmware != null) {
            firmware.close();
        }
    }

    @Override
    int largeBytes() {
        return 20_000_000;
    }

    @Override
    int concurrentBytes() {
        return 100_000;
    }

    @Override
    int stoppedBytes() {
        return 10_000_000;
    }

    @Override
    boolean hasHeapOfItsOwn() {
        return true;
    }
}
