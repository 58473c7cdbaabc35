package dev.uartnet.cli;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** The real firmware for tests; where there is no MicroPython they are skipped loudly, in CI (variable {@code CI}) they fail. */
final class MicroPython {
    private MicroPython() {}

    static Firmware start(Firmware.Builder builder) throws IOException {
        try {
            return builder.start();
        } catch (FirmwareMissingException e) {
            if (System.getenv("CI") != null) {
                throw e;
            }
            System.err.println("*** NOT TESTED against the firmware: " + e.getMessage());
            Assumptions.abort(e.getMessage());
            throw e;
        }
    }
}
