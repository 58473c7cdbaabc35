package dev.uartnet.cli;

import dev.uartnet.esp32.LineCounters;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.transport.FlowControl;
import dev.uartnet.transport.UartPort;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code uartnet line} simulates, in both directions. Rates are for each byte. */
final class LineOptions {
    private static final int BAUD_MIN = 300;
    private static final int BAUD_MAX = 20_000_000;
    private static final int LATENCY_MAX = 255;
    private static final String RATE = "RATE";

    @Option(
            names = "--baud",
            paramLabel = "BAUD",
            description = "Speed of the line, whatever its users set (default: what they set).")
    private @Nullable Integer baud;

    @Option(
            names = "--max-clean-baud",
            paramLabel = "BAUD",
            description = "Damage 5 %% of all bytes at speeds above this one.")
    private @Nullable Integer maxCleanBaud;

    @Option(
            names = "--byte-error",
            paramLabel = RATE,
            description =
                    "Damage so many bytes, such as 1e-4: half of them get a wrong bit, the others are dropped, duplicated or preceded "
                            + "by one of noise.")
    private double byteError;

    @Option(names = "--bit-flip", paramLabel = RATE, description = "Bytes that get a wrong bit.")
    private double bitFlip;

    @Option(names = "--drop", paramLabel = RATE, description = "Bytes that are lost.")
    private double drop;

    @Option(names = "--duplicate", paramLabel = RATE, description = "Bytes that come twice.")
    private double duplicate;

    @Option(names = "--insert", paramLabel = RATE, description = "Bytes of noise before a byte.")
    private double insert;

    @Option(names = "--burst", paramLabel = RATE, description = "Bytes at which a burst of lost bytes begins.")
    private double burst;

    @Option(
            names = "--burst-length",
            paramLabel = "BYTES",
            defaultValue = "50",
            description = "Bytes that a burst loses (default: ${DEFAULT-VALUE}).")
    private int burstLength;

    @Option(
            names = "--stall",
            paramLabel = RATE,
            description = "Bytes after which the line stands still for some time.")
    private double stall;

    @Option(
            names = "--stall-time",
            paramLabel = "MS",
            defaultValue = "100",
            description = "That time in milliseconds (default: ${DEFAULT-VALUE}).")
    private int stallTime;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            description =
                    "Deliver bytes as a USB adapter with this latency timer: in packets of 62, or fewer when it ends (FTDI: 16 ms).")
    private int latency;

    @Option(
            names = "--fifo",
            paramLabel = "BYTES",
            description = "Lose what comes while so many bytes have arrived that the receiver has not read.")
    private @Nullable Integer fifo;

    @Option(names = "--rts-cts", description = "With --fifo: what is beyond it is not lost, the sender waits.")
    private boolean rtsCts;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Repeat the faults of an earlier run (default: other ones each time).")
    private @Nullable Long seed;

    /** Throws if the values make no sense. */
    void check() throws UsageException {
        baud("--baud", baud);
        baud("--max-clean-baud", maxCleanBaud);
        rate("--byte-error", byteError);
        rate("--bit-flip", bitFlip);
        rate("--drop", drop);
        rate("--duplicate", duplicate);
        rate("--insert", insert);
        rate("--burst", burst);
        rate("--stall", stall);
        atLeast(1, "--burst-length", burstLength);
        atLeast(0, "--stall-time", stallTime);
        if (latency < 0 || latency > LATENCY_MAX) {
            throw new UsageException("--latency must be 0 to " + LATENCY_MAX + " milliseconds: " + latency);
        }
        if (fifo != null) {
            atLeast(1, "--fifo", fifo);
        } else if (rtsCts) {
            throw new UsageException("--rts-cts needs --fifo");
        }
        try {
            faults();
        } catch (IllegalArgumentException e) {
            throw new UsageException(Failure.text(e));
        }
    }

    private static void baud(String option, @Nullable Integer value) throws UsageException {
        if (value != null && (value < BAUD_MIN || value > BAUD_MAX)) {
            throw new UsageException(option + " must be " + BAUD_MIN + " to " + BAUD_MAX + ": " + value);
        }
    }

    private static void rate(String option, double value) throws UsageException {
        if (!(value >= 0 && value <= 1)) {
            throw new UsageException(option + " must be 0 to 1 for each byte: " + value);
        }
    }

    private static void atLeast(int least, String option, int value) throws UsageException {
        if (value < least) {
            throw new UsageException(option + " must be " + least + " or more: " + value);
        }
    }

    private LineFaults faults() {
        return LineFaults.NONE
                .withByteError(byteError)
                .withBitFlip(bitFlip)
                .withDrop(drop)
                .withDuplicate(duplicate)
                .withInsert(insert)
                .withBurst(burst, burstLength)
                .withStall(stall, Duration.ofMillis(stallTime));
    }

    /** Returns the line that they describe. */
    SerialLine.Builder line(UartPort a, UartPort b) {
        SerialLine.Builder builder = SerialLine.between(a, b).faults(faults()).latency(Duration.ofMillis(latency));
        if (baud != null) {
            builder.baud(baud);
        }
        if (maxCleanBaud != null) {
            builder.maxCleanBaud(maxCleanBaud);
        }
        if (fifo != null) {
            builder.fifo(fifo, rtsCts ? FlowControl.RTS_CTS : FlowControl.NONE);
        }
        if (seed != null) {
            builder.seed(seed);
        }
        return builder;
    }

    /** Returns the same in words. */
    String description() {
        StringJoiner text = new StringJoiner(", ");
        text.add(baud == null ? "speed as set by its users" : String.format(Locale.ROOT, "%,d baud", baud));
        if (maxCleanBaud != null) {
            text.add(String.format(Locale.ROOT, "clean up to %,d baud", maxCleanBaud));
        }
        add(text, "byte error", byteError, "");
        add(text, "bit flip", bitFlip, "");
        add(text, "drop", drop, "");
        add(text, "duplicate", duplicate, "");
        add(text, "insert", insert, "");
        add(text, "burst", burst, " of " + burstLength + " bytes");
        add(text, "stall", stall, " of " + stallTime + " ms");
        if (latency > 0) {
            text.add("latency timer " + latency + " ms");
        }
        if (fifo != null) {
            text.add("FIFO of " + fifo + " bytes with" + (rtsCts ? "" : "out") + " flow control");
        }
        return text.toString();
    }

    private static void add(StringJoiner text, String what, double rate, String more) {
        if (rate > 0) {
            text.add(what + " " + rate + more);
        }
    }

    /** Returns what a direction of the line has done, without what never happened. */
    static String text(LineCounters counters) {
        StringJoiner text = new StringJoiner(", ");
        text.add(counters.bytesIn() + " bytes in");
        text.add(counters.bytesOut() + " out");
        add(text, counters.flipped(), "flipped");
        add(text, counters.dropped(), "dropped");
        add(text, counters.duplicated(), "duplicated");
        add(text, counters.inserted(), "inserted");
        add(text, counters.lostInBursts(), "lost in " + counters.bursts() + " bursts");
        add(text, counters.stalls(), "stalls");
        add(text, counters.garbled(), "sent at a wrong speed");
        add(text, counters.lostToCut(), "lost to a cut");
        add(text, counters.overruns(), "lost to a full FIFO");
        return text.toString();
    }

    private static void add(StringJoiner text, long count, String what) {
        if (count > 0) {
            text.add(count + " " + what);
        }
    }
}
