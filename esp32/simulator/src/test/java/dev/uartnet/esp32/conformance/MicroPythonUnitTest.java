package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.FirmwareMissingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The firmware's own tests, under MicroPython. */
class MicroPythonUnitTest {
    private static final int NO_MICROPYTHON = 3;

    @ParameterizedTest(name = "{0} bits")
    @ValueSource(ints = {64, 32})
    void theFirmwaresOwnTestsPass(int bits) throws IOException, InterruptedException {
        Path script = Path.of(System.getProperty("uartnet.root"), "esp32", "unix", "test");
        Process tests = new ProcessBuilder(script.toString(), "--bits", Integer.toString(bits))
                .redirectErrorStream(true)
                .start();

        String output = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        int exit = tests.waitFor();
        if (exit == NO_MICROPYTHON) {
            throw DeviceKind.missing(new FirmwareMissingException(output));
        }
        assertThat(exit).as(output).isZero();
        assertThat(output).contains(" passed");
    }
}
