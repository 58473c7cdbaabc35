package dev.uartnet.esp32.conformance;

import dev.uartnet.esp32.FirmwareMissingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The firmware on a Cortex-M3 that qemu emulates, without a network: {@code esp32/qemu/run}. Its UART is a pty. */
final class EmulatedMicrocontroller implements AutoCloseable {
    private static final int SOMETHING_LACKS = 3;
    /** The first start on a machine fetches MicroPython's sources and builds. */
    private static final Duration START_MAX = Duration.ofMinutes(5);

    private static final long POLL_MILLIS = 20;
    private static final long STOP_SECONDS = 5;

    private final Path folder;
    private final Path output;
    private final Process process;

    private EmulatedMicrocontroller(Path folder, Path output, Process process) {
        this.folder = folder;
        this.output = output;
        this.process = process;
    }

    /** Builds it where it has changed, and blocks until its UART is there. */
    static EmulatedMicrocontroller start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("uartnet-qemu");
        Path output = folder.resolve("output");
        Path script = Path.of(System.getProperty("uartnet.root"), "esp32", "qemu", "run");
        Process process = new ProcessBuilder(
                        script.toString(), "--pty", folder.resolve("line").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        EmulatedMicrocontroller started = new EmulatedMicrocontroller(folder, output, process);
        try {
            started.awaitLine();
            return started;
        } catch (IOException | InterruptedException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private void awaitLine() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!Files.isSymbolicLink(folder.resolve("line"))) {
            if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                String said = Files.readString(output);
                if (process.exitValue() == SOMETHING_LACKS) {
                    throw DeviceKind.missing(new FirmwareMissingException(said));
                }
                throw new IOException("the emulated microcontroller ended with " + process.exitValue() + ": " + said);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("the emulated microcontroller has not started: " + Files.readString(output));
            }
        }
    }

    /** Returns the path to open as a serial port. */
    String path() {
        return folder.resolve("line").toString();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            Files.deleteIfExists(folder.resolve("line"));
            Files.deleteIfExists(output);
            Files.deleteIfExists(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException leftInTheTemporaryFolder) {
            // The system clears it.
        }
    }
}
