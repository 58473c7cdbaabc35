package dev.uartnet.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The command inside the test's own JVM. */
final class InProcess {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final int exitCode;

    private InProcess(String input, Map<String, String> environment, String... args) {
        Invocation invocation = new Invocation(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new StandardOutput(output, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8),
                environment,
                new Terminal(false, false, false, 80),
                new Cleanups());
        exitCode = Main.run(invocation, args);
    }

    static InProcess run(String... args) {
        return new InProcess("", Map.of(), args);
    }

    static InProcess run(Map<String, String> environment, String... args) {
        return new InProcess("", environment, args);
    }

    /** With this on standard input. */
    static InProcess runWithInput(String input, String... args) {
        return new InProcess(input, Map.of(), args);
    }

    int exitCode() {
        return exitCode;
    }

    String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }
}
