package dev.uartnet.proxy;

import org.junit.jupiter.api.Nested;

/** Over a line in memory, as fast as it goes. */
class SimulatorProgramsTest extends EveryProgram {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.simulator();
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

        @Override
        boolean hasHeapOfItsOwn() {
            return false;
        }
    }

    @Nested
    class TlsOnTheDevice extends DeviceTlsPrograms {
        TlsOnTheDevice() throws Exception {
            super(device());
        }
    }
}
