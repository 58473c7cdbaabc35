package dev.uartnet.esp32.conformance;

import java.io.IOException;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** One device for all tests of a class; each test opens the line anew. */
abstract class ConformanceTest {
    static {
        Leaks.watch();
        BlockingCalls.watch();
    }

    /** Longest wait for anything that must happen. */
    static final int SECONDS = 10;

    private static Device device;

    @Parameter
    DeviceKind kind;

    static Device device() {
        return device;
    }

    @BeforeParameterizedClassInvocation
    static void startDevice(DeviceKind kind) throws IOException {
        device = kind.start();
    }

    @AfterParameterizedClassInvocation
    static void stopDevice() {
        device.close();
        Leaks.assertNone();
        BlockingCalls.assertNone();
    }
}
