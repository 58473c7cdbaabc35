package dev.uartnet.esp32.conformance;

import dev.uartnet.codec.link.FaultSchedule;
import dev.uartnet.codec.link.FaultyLine;
import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkEnd;
import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.link.ModelTrace;
import dev.uartnet.esp32.FirmwareMissingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The firmware's link in a model of time: an interpreter that acts when it is told and says what came of it, a line each
 * (esp32/firmware/tests/lockstep.py).
 */
final class LockstepFirmware implements AutoCloseable {
    private static final int NO_MICROPYTHON = 3;
    private static final long MILLIS = 1_000_000L;
    private static final HexFormat HEX = HexFormat.of();

    private final int bits;
    private final String heap;
    private final boolean freshHeap;
    private @Nullable Process process;
    private @Nullable OutputStream commands;
    private @Nullable BufferedReader answers;

    /**
     * Interpreters of 32 or 64 bits with a heap of this size, as MicroPython takes it.
     *
     * @param freshHeap whether each boot has an interpreter of its own
     */
    LockstepFirmware(int bits, String heap, boolean freshHeap) {
        this.bits = bits;
        this.heap = heap;
        this.freshHeap = freshHeap;
    }

    /** Boots a device. */
    LinkEnd boot(
            FaultSchedule schedule,
            FaultyLine out,
            int bootId,
            LinkEnd.Listener listener,
            long now,
            @Nullable ModelTrace trace) {
        if (freshHeap) {
            stop();
        }
        if (process == null) {
            start();
        }
        return new Device(schedule, out, bootId, listener, now, trace);
    }

    private void start() {
        try {
            Path script = Path.of(System.getProperty("uartnet.root"), "esp32", "unix", "lockstep");
            Process started = new ProcessBuilder(script.toString(), Integer.toString(bits), heap)
                    .redirectError(ProcessBuilder.Redirect.PIPE)
                    .start();
            process = started;
            commands = started.getOutputStream();
            answers = started.inputReader(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String ask(String command) {
        try {
            OutputStream to = Objects.requireNonNull(commands);
            to.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            to.flush();
            String answer = Objects.requireNonNull(answers).readLine();
            if (answer != null) {
                return answer;
            }
            throw new IOException("it has ended");
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private Error failed(IOException cause) {
        Process ended = Objects.requireNonNull(process);
        try {
            String said = new String(ended.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (ended.waitFor() == NO_MICROPYTHON) {
                throw DeviceKind.missing(new FirmwareMissingException(said));
            }
            return new AssertionError("the firmware failed: " + said, cause);
        } catch (IOException e) {
            return new AssertionError("the firmware failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Ends the interpreter; the next boot starts another. */
    void stop() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            process = null;
        }
    }

    private final class Device implements LinkEnd {
        private static final int MAY_WRITE = 1;
        private static final int IDLE = 2;
        private static final int WAITS_FOR_LINE = 4;

        private final FaultyLine out;
        private final Listener listener;
        private final @Nullable ModelTrace trace;
        private long now;
        private long deadline;
        private int state;
        private long retransmits;
        private long timeouts;

        Device(
                FaultSchedule schedule,
                FaultyLine out,
                int bootId,
                Listener listener,
                long now,
                @Nullable ModelTrace trace) {
            this.out = out;
            this.listener = listener;
            this.trace = trace;
            this.now = now;
            boolean repeats = (schedule.device.features() & Feature.RETRANSMIT) != 0;
            take(
                    ask("n " + now / MILLIS + " " + Integer.toUnsignedString(bootId) + " "
                            + (1 + (bootId >>> 8) % 8_191) + " " + schedule.device.maxPayload() + " "
                            + schedule.device.baudRate() + " " + (repeats ? 1 : 0)),
                    now);
        }

        private void tell(String command, long until, String rest) {
            take(ask(command + " " + until / MILLIS + " " + Math.max(0, out.room(now)) + rest), until);
        }

        private void take(String answer, long until) {
            String[] words = answer.split(" ", -1);
            long millis = Long.parseLong(words[0]);
            // It reckons in whole milliseconds; less than one has passed since.
            now = Math.max(now, millis < until / MILLIS ? millis * MILLIS : until);
            long at = Long.parseLong(words[1]);
            deadline = at < 0 ? Long.MAX_VALUE : at * MILLIS;
            state = Integer.parseInt(words[2]);
            retransmits = Long.parseLong(words[3]);
            timeouts = Long.parseLong(words[4]);
            if (!words[5].equals("-")) {
                byte[] bytes = HEX.parseHex(words[5]);
                if (trace != null) {
                    trace.say(now, "                    device: " + words[5]);
                }
                out.send(bytes, bytes.length, now);
            }
            for (int i = 6; i < words.length; i++) {
                String what = words[i].substring(1);
                switch (words[i].charAt(0)) {
                    case 'B' -> listener.sessionBegan(Integer.parseUnsignedInt(what));
                    case 'E' -> listener.sessionEnded(new LinkException("the device ended the session"));
                    case 'M' -> listener.message(HEX.parseHex(what));
                    default -> throw new AssertionError("what is this: " + answer);
                }
            }
        }

        @Override
        public long advance(long to) {
            if (deadline > to) {
                now = Math.max(now, to);
            } else {
                tell("a", to, "");
            }
            return now;
        }

        @Override
        public long deadline() {
            // It finds its own way between two events of others; see advance.
            return Long.MAX_VALUE;
        }

        @Override
        public void receive(byte[] bytes) {
            tell("r", now, " " + HEX.formatHex(bytes));
        }

        @Override
        public boolean accepts() {
            return (state & MAY_WRITE) != 0;
        }

        @Override
        public void write(byte[] message) {
            tell("w", now, " " + HEX.formatHex(message));
        }

        @Override
        public long roomAt() {
            return (state & WAITS_FOR_LINE) == 0 ? Long.MAX_VALUE : Math.max(now, out.roomAt());
        }

        @Override
        public void lineHasRoom() {
            tell("a", now, "");
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void kill() {
            state = 0; // what is left of it the next boot clears
        }

        @Override
        public boolean isIdle() {
            return (state & IDLE) != 0;
        }

        @Override
        public void check() {
            // The script does, at each step.
        }

        @Override
        public LinkCounters counters() {
            return new LinkCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, retransmits, timeouts, 0, Duration.ZERO);
        }
    }
}
