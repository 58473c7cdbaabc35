package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** Starts the real firmware for a test, or skips it loudly where there is no MicroPython; in CI that is a failure. */
final class RealFirmware {
    private RealFirmware() {}

    static Firmware start(Firmware.Builder builder) throws IOException {
        try {
            return builder.start();
        } catch (FirmwareMissingException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            System.err.println("NOT TESTED on the real firmware: " + e.getMessage());
            Assumptions.abort("no MicroPython: " + e.getMessage());
            throw e;
        }
    }
}
