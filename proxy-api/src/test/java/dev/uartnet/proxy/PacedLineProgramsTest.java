package dev.uartnet.proxy;

import dev.uartnet.esp32.LineFaults;

/** A line of 921,600 baud, clean. */
class PacedLineProgramsTest extends EveryProgram {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.pacedSimulator(LineFaults.NONE);
    }
}
