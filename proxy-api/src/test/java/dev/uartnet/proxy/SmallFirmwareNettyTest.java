package dev.uartnet.proxy;

/** The real firmware with 32-bit objects and a heap of 110 KB: an ESP32 without PSRAM. */
class SmallFirmwareNettyTest extends NettyStreamSuite {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.smallFirmware();
    }
}
