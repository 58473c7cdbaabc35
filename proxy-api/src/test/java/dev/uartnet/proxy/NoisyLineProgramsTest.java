package dev.uartnet.proxy;

/** A line of 921,600 baud that damages a byte in 10,000. */
class NoisyLineProgramsTest extends EveryProgram {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.pacedSimulator(TestDevice.NOISE);
    }
}
