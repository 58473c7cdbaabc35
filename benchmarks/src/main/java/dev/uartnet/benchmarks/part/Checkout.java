package dev.uartnet.benchmarks.part;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The checkout that the benchmarks run in: its programs, and its commit. */
public final class Checkout {
    /** Characters of what a program says to be wrong. */
    private static final int ERRORS_MAX = 2_000;

    private Checkout() {}

    /** Returns the folder above all modules: the property {@code uartnet.root}, else the current folder. */
    public static Path root() {
        return Path.of(System.getProperty("uartnet.root", "."));
    }

    /** Returns the commit, with a plus if there is more than that; null without git. */
    public static @Nullable String commit() throws InterruptedException {
        try {
            String hash = said(List.of("git", "rev-parse", "--short", "HEAD")).strip();
            List<String> status = List.of("git", "status", "--porcelain", "--untracked-files=no", "--", ".");
            List<String> command = new ArrayList<>(status);
            command.add(":!benchmarks/results");
            command.add(":!benchmarks/report");
            return said(command).isBlank() ? hash : hash + "+";
        } catch (IOException noGit) {
            return null;
        }
    }

    /**
     * Runs a program of the checkout until it ends, and returns its standard output.
     *
     * @throws IOException it cannot be started, or its exit code is not 0; the message has the end of its standard error
     */
    public static String said(List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("uartnet-benchmarks", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(root().toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                String said = Files.readString(errors).strip();
                throw new IOException(String.join(" ", command) + " ended with exit code " + code + ": "
                        + said.substring(Math.max(0, said.length() - ERRORS_MAX)));
            }
            return output;
        } finally {
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
            Files.delete(errors);
        }
    }
}
