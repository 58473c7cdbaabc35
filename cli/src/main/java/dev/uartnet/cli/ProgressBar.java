package dev.uartnet.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One line on a terminal that tells how far a download is: share, bar, bytes, rate, time left. Without a known length it tells bytes,
 * rate and time passed. Drawn at most ten times a second.
 */
final class ProgressBar {
    private static final long INTERVAL_NANOS = 100_000_000;
    private static final int BAR_COLUMNS_MAX = 40;
    private static final int BAR_COLUMNS_MIN = 5;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream terminal;
    private final int columns;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final long total;
    private long drawnNanos;
    private long done;
    private boolean drawn;

    /**
     * Draws nothing yet.
     *
     * @param total bytes to come, -1 if unknown
     */
    ProgressBar(PrintStream terminal, int columns, long total, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.columns = columns;
        this.total = total;
        this.nanoTime = nanoTime;
        startNanos = nanoTime.getAsLong();
        drawnNanos = startNanos - INTERVAL_NANOS;
    }

    /** So many bytes are done altogether. */
    synchronized void update(long bytes) {
        done = bytes;
        long now = nanoTime.getAsLong();
        if (now - drawnNanos >= INTERVAL_NANOS) {
            draw(now);
        }
    }

    /** Draws the last state, and leaves it standing. Only the first call counts. */
    synchronized void end() {
        if (drawn) {
            draw(nanoTime.getAsLong());
            terminal.print(System.lineSeparator());
            terminal.flush();
            drawn = false;
        }
    }

    private void draw(long now) {
        drawnNanos = now;
        drawn = true;
        terminal.print(ERASE_LINE + line(done, total, Duration.ofNanos(now - startNanos), columns));
        terminal.flush();
    }

    /** The line for a state, at most a column shorter than the terminal, so that it never wraps. */
    static String line(long done, long total, Duration passed, int columns) {
        double seconds = passed.toNanos() / 1e9;
        double rate = seconds > 0 ? done / seconds : 0;
        String figures;
        String text;
        if (total > 0) {
            double share = Math.min(1, (double) done / total);
            String left = done >= total || rate <= 0
                    ? Units.clock(passed)
                    : Units.clock(Duration.ofMillis((long) ((total - done) / rate * 1000))) + " left";
            figures = Units.bytes((double) done) + " of " + Units.bytes((double) total) + "  " + Units.bytes(rate)
                    + "/s  " + left;
            String percent = padded((int) (share * 100) + "%", 4);
            int bar = Math.min(BAR_COLUMNS_MAX, columns - 1 - percent.length() - figures.length() - 5);
            text = bar < BAR_COLUMNS_MIN
                    ? percent + "  " + figures
                    : percent + " [" + bar(share, bar) + "]  " + figures;
        } else {
            text = Units.bytes((double) done) + "  " + Units.bytes(rate) + "/s  " + Units.clock(passed);
        }
        return text.length() < columns ? text : text.substring(0, Math.max(0, columns - 1));
    }

    private static String bar(double share, int width) {
        int full = (int) (share * width);
        return full == width ? "=".repeat(width) : "=".repeat(full) + ">" + " ".repeat(width - full - 1);
    }

    private static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
