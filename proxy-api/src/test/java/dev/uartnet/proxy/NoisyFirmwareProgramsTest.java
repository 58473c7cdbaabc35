package dev.uartnet.proxy;

/** The real firmware behind a line of 921,600 baud that damages a byte in 10,000. */
class NoisyFirmwareProgramsTest extends EveryProgram {
    @Override
    TestDevice start() throws Exception {
        return TestDevice.pacedFirmware(TestDevice.NOISE);
    }
}
