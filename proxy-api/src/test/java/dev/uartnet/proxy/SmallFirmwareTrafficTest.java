package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;

/** The real firmware with 32-bit objects and a heap of 110 KB: an ESP32 without PSRAM. */
class SmallFirmwareTrafficTest extends Traffic {
    private Firmware firmware;

    @Override
    ProxyClient start() throws Exception {
        firmware = RealFirmware.start(Firmware.builder().bits(32).heap("110k"));
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
        return 50_000;
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
