package dev.uartnet.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        return end(start(arguments), new byte[0], 0);
    }

    /**
     * Speaks to a TCP port as {@code nc} does: sends, waits until so many bytes have come back, and hangs up.
     *
     * @param expected bytes that come back
     */
    static Result talk(String host, int port, byte[] sent, int expected) throws IOException, InterruptedException {
        return end(start("--no-buffer", "telnet://" + host + ":" + port), sent, expected);
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

    private static Result end(Process process, byte[] sent, int expected) throws IOException, InterruptedException {
        try {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            // The end of its input is the end of its conversation.
            try (OutputStream in = process.getOutputStream()) {
                in.write(sent);
                in.flush();
                output.writeBytes(process.getInputStream().readNBytes(expected));
            }
            try (InputStream out = process.getInputStream();
                    InputStream errors = process.getErrorStream()) {
                output.writeBytes(out.readAllBytes());
                String said = new String(errors.readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new IOException("curl does not end: " + said);
                }
                return new Result(process.exitValue(), output.toString(StandardCharsets.ISO_8859_1), said);
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
