package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** The board of the simulator, over a pseudo terminal. */
class SimulatorBoardTest {
    @Nested
    class Wifi extends WifiPrograms {
        Wifi() {
            super(TestBoard::simulator);
        }
    }

    @Nested
    class PinsAndClock extends PinPrograms {
        PinsAndClock() {
            super(TestBoard::simulator);
        }
    }

    @Nested
    class DeviceAndFiles extends DevicePrograms {
        DeviceAndFiles() {
            super(TestBoard::simulator);
        }
    }
}
