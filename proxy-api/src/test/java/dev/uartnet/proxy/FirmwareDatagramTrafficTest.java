package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;

/** The real firmware on MicroPython, 64 bits, over a pseudo terminal. */
class FirmwareDatagramTrafficTest extends DatagramTraffic {
    private Firmware firmware;

    Firmware.Builder device() {
        return Firmware.builder().bits(64);
    }

    @Override
    ProxyClient start() throws Exception {
        firmware = RealFirmware.start(device());
        return TestLine.get(ProxyClient.connect(firmware.path()));
    }

    @Override
    void stop() {
        if (firmware != null) {
            firmware.close();
        }
    }

    @Override
    int rounds() {
        return 10_000;
    }
}
