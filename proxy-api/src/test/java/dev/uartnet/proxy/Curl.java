package dev.uartnet.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** {@code curl}, a client that knows nothing of this project; where there is none, a test is skipped loudly, and fails in CI. */
final class Curl {
    private static final int SECONDS_MAX = 60;

    private Curl() {}

    /**
     * How it ended, and what it said.
     *
     * @param output a character for each byte
     */
    record Result(int exitCode, String output, String errors) {
        byte[] bytes() {
            return output.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Runs it until it ends. */
    static Result run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try (InputStream out = process.getInputStream();
                InputStream errors = process.getErrorStream()) {
            String output = text(out.readAllBytes());
            String said = text(errors.readAllBytes());
            return new Result(process.waitFor(), output, said);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", Integer.toString(SECONDS_MAX)));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            System.err.println("NOT TESTED with curl: " + e.getMessage());
            Assumptions.abort("no curl: " + e.getMessage());
            throw e;
        }
    }
}
