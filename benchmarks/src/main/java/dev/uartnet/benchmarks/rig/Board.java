package dev.uartnet.benchmarks.rig;

import dev.uartnet.benchmarks.part.Checkout;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.LineCounters;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A device behind a line; the host's end is a pseudo terminal. */
public final class Board implements AutoCloseable {
    /** Sockets that a device has at once if nothing else is said: those of the firmware on a large heap. */
    private static final int CHANNELS = 128;
    /** What a line without a rate is told to be, for the link's timers. */
    private static final int UNPACED_BAUD = 12_000_000;

    private static final int BITS_PER_BYTE = 10;

    private final ClosingStack closing = new ClosingStack();
    private final Builder settings;
    private final String path;
    private final @Nullable SerialLine line;
    private final @Nullable PseudoTerminal deviceSide;
    private @Nullable Firmware firmware;

    private Board(Builder settings) throws IOException {
        this.settings = settings;
        try {
            if (settings.baud == 0) {
                line = null;
                deviceSide = null;
                path = settings.kind == DeviceKind.FIRMWARE
                        ? boot(null).path()
                        : simulator().servePty();
            } else {
                PseudoTerminal hostSide = closing.push(PseudoTerminal.open());
                path = hostSide.slavePath();
                if (settings.kind == DeviceKind.FIRMWARE) {
                    deviceSide = closing.push(PseudoTerminal.open());
                    line = closing.push(settings.shape
                            .apply(SerialLine.between(hostSide.masterPort(), deviceSide.masterPort())
                                    .baud(settings.baud))
                            .start());
                    boot(Path.of(deviceSide.slavePath()));
                } else {
                    deviceSide = null;
                    MemoryPort.Pair far = MemoryPort.pair();
                    line = closing.push(settings.shape
                            .apply(SerialLine.between(hostSide.masterPort(), far.a())
                                    .baud(settings.baud))
                            .start());
                    simulator().serve(far.b());
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Returns a builder of a device that may have 128 sockets, on a line without faults.
     *
     * @param baud speed of the line; 0: as fast as it goes, without a simulated line
     */
    public static Builder of(DeviceKind kind, int baud) {
        return new Builder(kind, baud);
    }

    private Firmware boot(@Nullable Path tty) throws IOException {
        System.setProperty(
                Firmware.ROOT_PROPERTY, Checkout.root().toString()); // also by hand, from the checkout's root
        Firmware.Builder builder = Firmware.builder()
                .environment("UARTNET_BAUD", Integer.toString(speed()))
                .environment("UARTNET_ALLOW", settings.allow)
                .environment("UARTNET_CHANNELS", Integer.toString(settings.channels));
        if (settings.small) {
            builder.bits(32).heap("110k");
        }
        Firmware started = tty == null ? builder.start() : builder.start(tty);
        if (firmware == null) {
            closing.push(() -> Objects.requireNonNull(firmware).close());
        }
        firmware = started;
        return started;
    }

    private VirtualEsp32 simulator() throws IOException {
        return closing.push(VirtualEsp32.builder()
                .channels(settings.channels)
                .link(LinkConfig.device(speed()))
                .build());
    }

    /** Ends the firmware as a loss of power would, and starts it again. */
    public void reboot() throws IOException {
        Firmware running = firmware();
        ProcessHandle.of(running.pid()).ifPresent(ProcessHandle::destroyForcibly);
        running.close();
        boot(Path.of(Objects.requireNonNull(deviceSide).slavePath()));
    }

    /** Returns the serial port of the host. */
    public String path() {
        return path;
    }

    /** Returns the speed that the link is told, in baud. */
    public int speed() {
        return settings.baud == 0 ? UNPACED_BAUD : settings.baud;
    }

    /** Returns the bytes that the line carries in a second, each way; infinite if it is not paced. */
    public double lineRate() {
        return line == null ? Double.POSITIVE_INFINITY : (double) settings.baud / BITS_PER_BYTE;
    }

    /**
     * Returns the simulated line.
     *
     * @throws NullPointerException the line is not paced
     */
    public SerialLine line() {
        return Objects.requireNonNull(line);
    }

    /** Returns the bytes that the device has put on the line; 0 if it is not paced. */
    public long wireDown() {
        return line == null ? 0 : line.toA().counters().bytesIn();
    }

    /** Returns the bytes that the host has put on the line; 0 if it is not paced. */
    public long wireUp() {
        return line == null ? 0 : line.toB().counters().bytesIn();
    }

    /** Returns how many faults the line has had, both directions together; a burst is one. */
    public long faults() {
        return faults(line().toA().counters()) + faults(line().toB().counters());
    }

    private static long faults(LineCounters line) {
        return line.flipped() + line.dropped() + line.duplicated() + line.inserted() + line.bursts() + line.overruns();
    }

    /**
     * Returns the firmware's process.
     *
     * @throws NullPointerException it is a simulator
     */
    public Firmware firmware() {
        return Objects.requireNonNull(firmware);
    }

    /** Returns the firmware's process, or -1. */
    public long pid() {
        return firmware == null ? -1 : firmware.pid();
    }

    /** Returns what the firmware has to say about a failure, or nothing. */
    String complaint() {
        return firmware == null ? "" : "; the firmware says: " + firmware.errorOutput();
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }

    /** A board that does not run yet. */
    public static final class Builder {
        private final DeviceKind kind;
        private final int baud;
        private int channels = CHANNELS;
        private boolean small;
        private String allow = "sockets";
        private UnaryOperator<SerialLine.Builder> shape = line -> line;

        private Builder(DeviceKind kind, int baud) {
            this.kind = kind;
            this.baud = baud;
        }

        /** Sockets that the device has at once. */
        public Builder channels(int count) {
            channels = count;
            return this;
        }

        /** The 32-bit interpreter with 110 KB and 16 sockets, as many as a board has, and one: an ESP32 without PSRAM. The firmware only. */
        public Builder small() {
            small = true;
            return channels(16);
        }

        /** What the firmware lets the host do; default {@code sockets}. */
        public Builder allow(String what) {
            allow = what;
            return this;
        }

        /** Gives the line its faults, latency and seed. */
        public Builder line(UnaryOperator<SerialLine.Builder> newShape) {
            shape = newShape;
            return this;
        }

        /** Starts line and device. */
        public Board start() throws IOException {
            return new Board(this);
        }
    }
}
