package dev.uartnet.esp32;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The real firmware as a process of this machine: {@code esp32/unix/run} of a checkout, under MicroPython's unix port.
 *
 * <p>The process ends with {@link #close}, and at the latest with this JVM.
 */
public final class Firmware implements AutoCloseable {
    /** System property: the checkout's root. */
    public static final String ROOT_PROPERTY = "uartnet.root";

    /** The first start on a machine fetches MicroPython. */
    private static final Duration START_MAX = Duration.ofMinutes(5);

    private static final Duration STOP_MAX = Duration.ofSeconds(3);
    private static final long POLL_MILLIS = 10;

    private final Process process;
    private final ErrorOutput errors;
    private final Path line;
    private final @Nullable Path folder;
    private final Thread killer;

    private Firmware(Process process, Path line, @Nullable Path folder) {
        this.process = process;
        this.line = line;
        this.folder = folder;
        errors = new ErrorOutput(process.getErrorStream());
        killer = new Thread(process::destroy, "uartnet-firmware-end");
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Returns a builder of a firmware with MicroPython's default heap, on whatever MicroPython is at hand. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the path to open as a serial port (its own pty), or the one that it serves. */
    public String path() {
        return line.toString();
    }

    /** Returns the id of the interpreter's process. */
    public long pid() {
        return process.pid();
    }

    /** Returns whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the end of what it has written to its standard error so far, empty if nothing. */
    public String errorOutput() {
        return errors.text();
    }

    /** Ends the process and waits until it is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException jvmEnds) {
            // The hook runs, or has run.
        }
        if (folder != null) {
            try {
                Files.deleteIfExists(line);
                Files.deleteIfExists(folder);
            } catch (IOException leftInTheTemporaryFolder) {
                // The system clears it.
            }
        }
    }

    /** A firmware with a pty of its own is there when the link to it is. */
    private void awaitLine() throws IOException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!Files.isSymbolicLink(line)) {
            if (exitsWithin(POLL_MILLIS)) {
                throw failure();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "the firmware has not started within " + START_MAX.toMinutes() + " minutes: " + errorOutput());
            }
        }
    }

    private boolean exitsWithin(long millis) throws IOException {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the firmware was starting", e);
        }
    }

    private IOException failure() {
        errors.awaitEnd();
        String said = errorOutput().strip();
        return said.contains("get-micropython:") || said.contains("$MICROPYTHON")
                ? new FirmwareMissingException("no MicroPython to run the firmware on: " + said)
                : new IOException("the firmware ended with exit code " + process.exitValue() + ": " + said);
    }

    /** How to run it. Not for several threads at once. */
    public static final class Builder {
        private final List<String> options = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();

        private Builder() {}

        /** The interpreter's heap: bytes, or with {@code k} or {@code m} behind. */
        public Builder heap(String size) {
            options.add("--heap");
            options.add(size);
            return this;
        }

        /** The interpreter's word size, 32 or 64; 32 bits and a heap of 110k stand for an ESP32 without PSRAM. */
        public Builder bits(int bits) {
            options.add("--bits");
            options.add(Integer.toString(bits));
            return this;
        }

        /** A variable of the environment; those of {@code esp32/unix/run --help}. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /**
         * Starts it on a pseudo terminal of its own, and blocks until that is there.
         *
         * @throws FirmwareMissingException it cannot run here; the message says what to do
         * @throws IOException it has failed to start; the message has what it said
         */
        public Firmware start() throws IOException {
            Path script = script();
            Path folder = Files.createTempDirectory("uartnet");
            return start(script, "--pty", folder.resolve("esp32"), folder);
        }

        /**
         * Starts it on an existing serial device, such as the slave of a pseudo terminal. Does not wait: if it fails, {@link
         * #isAlive} and {@link #errorOutput} tell; else it says when it has booted, and a host's HELLO waits for it.
         *
         * @throws FirmwareMissingException there is no checkout to run it from
         * @throws IOException no process can be started
         */
        public Firmware start(Path tty) throws IOException {
            return start(script(), "--tty", tty, null);
        }

        private Firmware start(Path script, String mode, Path line, @Nullable Path folder) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(script.toString());
            command.add(mode);
            command.add(line.toString());
            command.addAll(options);
            ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment);
            Firmware firmware = new Firmware(builder.start(), line, folder);
            try {
                if (folder != null) {
                    firmware.awaitLine();
                }
                return firmware;
            } catch (IOException | RuntimeException e) {
                firmware.close();
                throw e;
            }
        }

        private static Path script() throws FirmwareMissingException {
            String root = System.getProperty(ROOT_PROPERTY);
            if (root == null) {
                throw new FirmwareMissingException(
                        "where is the firmware? Set -D" + ROOT_PROPERTY + "=<root of the uartnet checkout>");
            }
            Path script = Path.of(root, "esp32", "unix", "run");
            if (!Files.isExecutable(script)) {
                throw new FirmwareMissingException("no firmware in " + root + " (" + script + " is missing); -D"
                        + ROOT_PROPERTY + " must name the root of the uartnet checkout");
            }
            return script;
        }
    }

    /** Keeps the end of what the process says. */
    private static final class ErrorOutput {
        private static final int BYTES_MAX = 8 * 1024;

        private final StringBuilder said = new StringBuilder();
        private final Thread reader;

        ErrorOutput(InputStream stream) {
            reader = new Thread(() -> read(stream), "uartnet-firmware-errors");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(InputStream stream) {
            byte[] chunk = new byte[1024];
            try (stream) {
                int count;
                while ((count = stream.read(chunk)) > 0) {
                    append(new String(chunk, 0, count, StandardCharsets.UTF_8));
                }
            } catch (IOException ended) {
                // With the process.
            }
        }

        private synchronized void append(String text) {
            said.append(text);
            said.delete(0, Math.max(0, said.length() - BYTES_MAX));
        }

        synchronized String text() {
            return said.toString();
        }

        void awaitEnd() {
            try {
                reader.join(STOP_MAX.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
