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
    private final String description;
    private final UartPort hostPort;

    private DemoDevice(int baud, Consumer<String> progress) throws IOException {
        try {
            UartPort lineEnd;
            UartPort deviceEnd;
            String what;
            try {
                progress.accept("starting the firmware (the first time, MicroPython is fetched)");
                Firmware firmware = keep(Firmware.builder().start());
                deviceEnd = new JSerialCommPort(firmware.path());
                what = "the real firmware on MicroPython, process " + firmware.pid() + ", at " + firmware.path();
            } catch (IOException | RuntimeException e) {
                String why = e instanceof FirmwareMissingException ? "" : "the firmware has failed: ";
                MemoryPort.Pair pair = MemoryPort.pair();
                keep(VirtualEsp32.builder().start(pair.a()));
                deviceEnd = pair.b();
                what = "the simulator, because " + why + Failure.text(e);
            }
            try {
                PseudoTerminal terminal = keep(PseudoTerminal.open());
                hostPort = new JSerialCommPort(terminal.slavePath());
                lineEnd = terminal.masterPort();
            } catch (UnsupportedOperationException noPseudoTerminals) {
                MemoryPort.Pair pair = MemoryPort.pair();
                hostPort = pair.a();
                lineEnd = pair.b();
            }
            keep(SerialLine.join(lineEnd, deviceEnd, baud));
            description = what;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts device and line. Blocks until both are there; minutes if MicroPython has to be fetched over a slow network.
     *
     * @param progress is told what takes its time
     */
    static DemoDevice start(int baud, Consumer<String> progress) throws IOException {
        return new DemoDevice(baud, progress);
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    /** Returns which device it is, and if it is not the real one, why. */
    String description() {
        return description;
    }

    /** Returns the host's end of the line, not opened yet. */
    UartPort hostPort() {
        return hostPort;
    }

    @Override
    public void close() {
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                // The others have to be closed too; none of these throws.
                throw new IllegalStateException(e);
            }
        }
    }
}
