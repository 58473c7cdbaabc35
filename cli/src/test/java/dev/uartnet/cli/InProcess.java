package dev.uartnet.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The command inside the test's own JVM. */
final class InProcess {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final int exitCode;

    private InProcess(Map<String, String> environment, String... args) {
        Invocation invocation = new Invocation(
                new StandardOutput(output, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8),
                environment,
                new Terminal(false, false, 80),
                new Cleanups());
        exitCode = Main.run(invocation, args);
    }

    static InProcess run(String... args) {
        return new InProcess(Map.of(), args);
    }

    static InProcess run(Map<String, String> environment, String... args) {
        return new InProcess(environment, args);
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
