package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import org.junit.jupiter.api.Test;

/** The command with the real firmware on MicroPython. */
class FirmwareCommandTest extends DeviceContract {
    @Override
    Subject start() throws Exception {
        return new FirmwareSubject(MicroPython.start(Firmware.builder()));
    }

    @Test
    void aLargeDownloadIsWhatTheServerSent() throws Exception {
        try (WebServer server = WebServer.start();
                Subject device = start()) {
            for (String delimited : new String[] {"length", "chunked", "close"}) {
                downloads(server, device, "/" + delimited + "/20000000", 20_000_000);
            }
        }
    }

    @Test
    void theDemonstrationRunsOnIt() throws Exception {
        // Skips, or fails in CI, where there is none.
        start().close();
        CommandProcess.Result result = CommandProcess.run("demo");

        assertThat(result.exitCode()).isZero();
        assertThat(result.text())
                .contains(
                        "the real firmware on MicroPython",
                        "20 round trips",
                        "localhost is",
                        "1,000,000 bytes",
                        "SHA-256");
    }
}
