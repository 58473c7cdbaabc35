package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** Boards behind a line on which a byte in 10,000 is damaged, each way. */
class NoisyBoardTest {
    @Nested
    class OfTheFirmware extends NoisyPrograms {
        OfTheFirmware() {
            super(() -> TestBoard.pacedFirmware(TestDevice.NOISE));
        }
    }

    @Nested
    class OfTheSimulator extends NoisyPrograms {
        OfTheSimulator() {
            super(() -> TestBoard.pacedSimulator(TestDevice.NOISE));
        }
    }
}
