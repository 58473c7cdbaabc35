package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;

/** The real firmware with 32-bit objects and a heap of 110 KB: an ESP32 without PSRAM. */
class SmallFirmwareDatagramTrafficTest extends FirmwareDatagramTrafficTest {
    @Override
    Firmware.Builder device() {
        return Firmware.builder().bits(32).heap("110k");
    }
}
