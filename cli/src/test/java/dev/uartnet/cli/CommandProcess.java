package dev.uartnet.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The command in a JVM of its own, as the launcher starts it. Closing kills it. */
final class CommandProcess implements AutoCloseable {
    private static final long SECONDS_MAX = 120;

    private final Process process;
    private final Output output;
    private final Output errors;

    /** What came out of it. */
    static final class Result {
        private final int exitCode;
        private final byte[] output;
        private final String errors;

        Result(int exitCode, byte[] output, String errors) {
            this.exitCode = exitCode;
            this.output = output;
            this.errors = errors;
        }

        int exitCode() {
            return exitCode;
        }

        byte[] output() {
            return output.clone();
        }

        /** Standard output as text. */
        String text() {
            return new String(output, StandardCharsets.UTF_8);
        }

        String errors() {
            return errors;
        }
    }

    private CommandProcess(Process process, int outputBytesMax) {
        this.process = process;
        output = new Output(process.getInputStream(), outputBytesMax);
        errors = new Output(process.getErrorStream(), Integer.MAX_VALUE);
    }

    /** Starts it with arguments. */
    static CommandProcess start(String... args) throws IOException {
        return start(List.of(), args);
    }

    /** Starts it, and closes its standard output, as {@code head} does, when so many bytes have come. */
    static CommandProcess startIntoHead(int bytes, String... args) throws IOException {
        return new CommandProcess(process(List.of(), args), bytes);
    }

    /** Starts it with options of the JVM, and arguments. */
    static CommandProcess start(List<String> jvmOptions, String... args) throws IOException {
        return new CommandProcess(process(jvmOptions, args), Integer.MAX_VALUE);
    }

    private static Process process(List<String> jvmOptions, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-Duartnet.root=" + System.getProperty("uartnet.root"),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(jvmOptions);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("UARTNET_PORT", "JAVA_TOOL_OPTIONS", "COLUMNS"));
        return builder.start();
    }

    /** Runs it to its end. */
    static Result run(String... args) throws Exception {
        try (CommandProcess process = start(args)) {
            return process.await();
        }
    }

    /** Waits until it has written so many bytes to standard output. */
    void awaitOutput(int bytes) throws InterruptedException {
        output.await(bytes);
    }

    /** Waits until it has written this text to standard output. */
    void awaitOutput(String text) throws InterruptedException {
        output.await(text);
    }

    /** Returns what it has written to standard output so far. */
    String outputText() {
        return output.text();
    }

    /** Writes to its standard input. */
    void input(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Sends it a signal, such as INT. */
    void signal(String name) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill -" + name + " failed with exit code " + code);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end. */
    Result await() throws InterruptedException, ExecutionException, TimeoutException {
        if (!process.waitFor(SECONDS_MAX, SECONDS)) {
            throw new TimeoutException("the command still runs after " + SECONDS_MAX + " s; it said: " + errors.text());
        }
        output.end.get(SECONDS_MAX, SECONDS);
        errors.end.get(SECONDS_MAX, SECONDS);
        return new Result(process.exitValue(), output.bytes(), errors.text());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** What one of its streams has brought so far. */
    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int bytesMax;
        final CompletableFuture<Void> end;

        Output(InputStream stream, int bytesMax) {
            this.bytesMax = bytesMax;
            end = CompletableFuture.runAsync(() -> read(stream), task -> {
                Thread thread = new Thread(task, "command-output");
                thread.setDaemon(true);
                thread.start();
            });
        }

        private void read(InputStream stream) {
            byte[] chunk = new byte[8192];
            try (stream) {
                int count;
                while (size() < bytesMax && (count = stream.read(chunk)) >= 0) {
                    synchronized (this) {
                        bytes.write(chunk, 0, count);
                        notifyAll();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void await(int count) throws InterruptedException {
            await(() -> bytes.size() >= count, count + " bytes");
        }

        void await(String text) throws InterruptedException {
            await(() -> text().contains(text), "'" + text + "'");
        }

        private synchronized void await(BooleanSupplier condition, String what) throws InterruptedException {
            long deadline = System.nanoTime() + SECONDS.toNanos(SECONDS_MAX);
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException("waited for " + what + ", but only this came: " + text());
                }
                SECONDS.timedWait(this, Math.max(1, left / 1_000_000_000));
            }
        }

        private synchronized int size() {
            return bytes.size();
        }

        synchronized byte[] bytes() {
            return bytes.toByteArray();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
