package dev.uartnet.cli;

import dev.uartnet.esp32.Firmware;

/** The command with the firmware in the memory of an ESP32 without PSRAM: 32-bit objects, a heap of 110 KB. */
class SmallFirmwareCommandTest extends DeviceContract {
    @Override
    Subject start() throws Exception {
        return new FirmwareSubject(MicroPython.start(Firmware.builder().bits(32).heap("110k")));
    }
}
