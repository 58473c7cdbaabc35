package dev.uartnet.cli;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.JSerialCommPort;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * A device for the demonstration and the line to it: the real firmware where MicroPython is to be had, else the simulator; a line of
 * pseudo terminals, or of memory where the system has none, that takes its time.
 */
final class DemoDevice implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    /**
     * A device that is ready.
     *
     * @param hostPort the host's end of the line, not opened yet
     * @param description which device it is, and if it is not the real one, why
     */
    record Ready(UartPort hostPort, String description) {}

    /** A device that runs, and the port behind which it does. */
    private record Served(UartPort port, String description) {}

    /** The host's piece of the line: its own end, and the end to join to the device. */
    private record Wire(UartPort near, UartPort far) {}

    /**
     * Starts device and line. Blocks until both are there; minutes if MicroPython has to be fetched over a slow network. Whether it
     * fails or not, {@link #close} has to be called; a signal's thread may do so meanwhile.
     *
     * @param progress is told what takes its time
     */
    Ready start(int baud, Consumer<String> progress) throws IOException {
        SerialLibrary.load();
        Served device = device(baud, progress);
        Wire wire = wire();
        keep(SerialLine.between(wire.far(), device.port()).baud(baud).start());
        return new Ready(wire.near(), device.description());
    }

    private Served device(int baud, Consumer<String> progress) throws IOException {
        try {
            progress.accept("starting the firmware (the first time, MicroPython is fetched)");
            Firmware firmware = keep(Firmware.builder()
                    .environment("UARTNET_BAUD", Integer.toString(baud))
                    .start());
            return new Served(
                    new JSerialCommPort(firmware.path()),
                    "the real firmware on MicroPython, process " + firmware.pid() + ", at " + firmware.path());
        } catch (IOException | RuntimeException e) {
            String why = e instanceof FirmwareMissingException ? "" : "the firmware has failed: ";
            MemoryPort.Pair pair = MemoryPort.pair();
            keep(VirtualEsp32.builder().start(pair.a()));
            return new Served(pair.b(), "the simulator, because " + why + Failure.text(e));
        }
    }

    private Wire wire() throws IOException {
        try {
            PseudoTerminal terminal = keep(PseudoTerminal.open());
            return new Wire(new JSerialCommPort(terminal.slavePath()), terminal.masterPort());
        } catch (UnsupportedOperationException noPseudoTerminals) {
            MemoryPort.Pair pair = MemoryPort.pair();
            return new Wire(pair.a(), pair.b());
        }
    }

    private <T extends AutoCloseable> T keep(T part) throws IOException {
        boolean late;
        synchronized (parts) {
            late = closed;
            if (!late) {
                parts.push(part);
            }
        }
        if (late) {
            close(part);
            throw new IOException("the demonstration was ended while it started");
        }
        return part;
    }

    @Override
    public void close() {
        while (true) {
            AutoCloseable part;
            synchronized (parts) {
                closed = true;
                part = parts.poll();
            }
            if (part == null) {
                return;
            }
            close(part);
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            // The others have to be closed too; none of these throws.
            throw new IllegalStateException(e);
        }
    }
}
