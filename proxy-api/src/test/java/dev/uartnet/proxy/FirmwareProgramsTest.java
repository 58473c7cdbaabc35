package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** The real firmware on MicroPython, 64 bits, over a pseudo terminal. */
class FirmwareProgramsTest extends EveryProgram {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.firmware();
    }

    @Nested
    class Churn extends SocketChurn {
        Churn() {
            super(device());
        }

        @Override
        int rounds() {
            return 10_000;
        }
    }

    @Nested
    class TlsOnTheDevice extends DeviceTlsPrograms {
        TlsOnTheDevice() throws Exception {
            super(device());
        }
    }
}
