package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** The board of the real firmware on MicroPython, 64 bits, over a pseudo terminal. */
class FirmwareBoardTest {
    @Nested
    class Wifi extends WifiPrograms {
        Wifi() {
            super(TestBoard::firmware);
        }
    }

    @Nested
    class PinsAndClock extends PinPrograms {
        PinsAndClock() {
            super(TestBoard::firmware);
        }
    }

    @Nested
    class DeviceAndFiles extends DevicePrograms {
        DeviceAndFiles() {
            super(TestBoard::firmware);
        }
    }
}
