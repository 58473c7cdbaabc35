package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The firmware's own tests, under MicroPython. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MicroPythonUnitTest {
    private static final int NO_MICROPYTHON = 3;

    /** Both at once: most of the time they wait. */
    private final Map<Integer, Run> runs = new TreeMap<>();

    private record Run(Process tests, Future<String> output) {
        static Run start(int bits) throws IOException {
            Path script = Path.of(System.getProperty("uartnet.root"), "esp32", "unix", "test");
            Process tests = new ProcessBuilder(script.toString(), "--bits", Integer.toString(bits))
                    .redirectErrorStream(true)
                    .start();
            // A full pipe would stop it.
            return new Run(tests, CompletableFuture.supplyAsync(() -> read(tests)));
        }

        private static String read(Process tests) {
            try {
                return new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeAll
    void start() throws IOException, FirmwareMissingException {
        for (int bits : new int[] {64, 32}) {
            // Fetches the interpreter, one after the other, where it lacks.
            Firmware.builder().bits(bits).start().close();
            runs.put(bits, Run.start(bits));
        }
    }

    @AfterAll
    void stop() {
        runs.values().forEach(run -> run.tests().destroy());
    }

    @ParameterizedTest(name = "{0} bits")
    @ValueSource(ints = {64, 32})
    void theFirmwaresOwnTestsPass(int bits) throws Exception {
        Run run = Objects.requireNonNull(runs.get(bits));

        String output = run.output().get();

        int exit = run.tests().waitFor();
        if (exit == NO_MICROPYTHON) {
            throw DeviceKind.missing(new FirmwareMissingException(output));
        }
        assertThat(exit).as(output).isZero();
        assertThat(output).contains(" passed");
    }
}
