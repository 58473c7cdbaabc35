package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** The board of the real firmware on MicroPython, 64 bits, over a pseudo terminal. */
class FirmwareBoardTest {
    private static TestBoard start() throws Exception {
        return TestBoard.firmware("everything");
    }

    @Nested
    class Wifi extends WifiPrograms {
        Wifi() {
            super(FirmwareBoardTest::start);
        }
    }

    @Nested
    class PinsAndClock extends PinPrograms {
        PinsAndClock() {
            super(FirmwareBoardTest::start);
        }
    }

    @Nested
    class DeviceAndFiles extends DevicePrograms {
        DeviceAndFiles() {
            super(FirmwareBoardTest::start);
        }
    }
}
