package dev.uartnet.proxy;

/** The real firmware on MicroPython, 64 bits, over a pseudo terminal. */
class FirmwareNettyTest extends NettyLongStreamSuite {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.firmware();
    }
}
