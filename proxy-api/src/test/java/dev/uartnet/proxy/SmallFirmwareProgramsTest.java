package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** The real firmware in the memory of an ESP32 without PSRAM. */
class SmallFirmwareProgramsTest extends EveryProgram {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.smallFirmware();
    }

    @Nested
    class Churn extends SocketChurn {
        Churn() {
            super(device());
        }

        @Override
        int rounds() {
            return 1_000;
        }
    }
}
