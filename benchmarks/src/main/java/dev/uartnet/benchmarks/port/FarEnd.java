package dev.uartnet.benchmarks.port;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The C program {@code far_end.c}: compiled once, then run in a process of its own, as often as is needed. */
final class FarEnd implements AutoCloseable {
    private static final String SOURCE = "far_end.c";

    private final Process process;
    private final BufferedReader output;

    private FarEnd(Process process) {
        this.process = process;
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Whether this machine has a C compiler, {@code cc}. */
    static boolean isPossible() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
    }

    /** The compiled program, in a temporary folder that goes with the JVM. */
    static Path compile() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("uartnet-far-end");
        Path source = folder.resolve(SOURCE);
        Path program = folder.resolve("far_end");
        try (InputStream resource = FarEnd.class.getResourceAsStream(SOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(SOURCE + " is missing");
            }
            Files.copy(resource, source);
        }
        Process compiler = new ProcessBuilder("cc", "-O2", "-Wall", "-o", program.toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        String messages = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException("cc cannot compile " + source + ":\n" + messages);
        }
        for (Path each : List.of(folder, source, program)) {
            each.toFile().deleteOnExit(); // in reverse order
        }
        return program;
    }

    static FarEnd start(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new FarEnd(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line that it says. */
    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the far end has ended");
        }
        return line;
    }

    /** All numbers that it says until it ends. */
    long[] numbers() {
        return output.lines().mapToLong(Long::parseLong).toArray();
    }

    /** Makes it go on. */
    void signal() throws IOException {
        OutputStream input = process.getOutputStream();
        input.write('\n');
        input.flush();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        output.close();
    }
}
