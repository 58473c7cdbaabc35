package dev.uartnet.cli;

import dev.uartnet.measure.Goodput;
import java.util.Locale;

/**
 * Transfers of one direction that take about as long as wanted, however fast the line is: how much moves follows from the rate of the one before. First {@link #warmUp},
 * while the rate is not known or that of a cold program; then {@link #next}, as often as wanted.
 */
final class BenchTransfers {
    /** One transfer of so many bytes (each way, if it goes both ways). */
    interface Transfer {
        Goodput move(long bytes) throws Exception;
    }

    /** Of less, only the connection would be measured. */
    private static final double BYTES_MIN = 2_000;
    /** What moved for a moment says little: so many times as much at once. */
    private static final double GROWTH_MAX = 4;
    /** A transfer that takes this share of the wanted time tells a rate that can be believed. */
    private static final double WARM = 0.25;

    private final Transfer transfer;
    private final double seconds;
    private double bytes;
    private double shortest = Double.POSITIVE_INFINITY;
    private double longest;

    /**
     * Nothing has moved yet.
     *
     * @param seconds of each transfer, about
     * @param first bytes of the first one
     */
    BenchTransfers(Transfer transfer, double seconds, double first) {
        this.transfer = transfer;
        this.seconds = seconds;
        bytes = first;
    }

    /** Moves more and more until a transfer takes a good part of the time. These do not count. */
    void warmUp() throws Exception {
        double took;
        do {
            took = adapt(transfer.move(amount()));
        } while (took < seconds * WARM);
    }

    /** Moves what takes the wanted time by the last one's rate. */
    Goodput next() throws Exception {
        Goodput moved = transfer.move(amount());
        double took = adapt(moved);
        shortest = Math.min(shortest, took);
        longest = Math.max(longest, took);
        return moved;
    }

    private long amount() {
        return (long) Math.max(BYTES_MIN, bytes);
    }

    /** Returns how many seconds it took. */
    private double adapt(Goodput moved) {
        double took = Math.max(1, Math.max(moved.downNanos(), moved.upNanos())) / 1e9;
        bytes = Math.max(moved.downBytes(), moved.upBytes()) * Math.min(GROWTH_MAX, seconds / took);
        return took;
    }

    /** Returns how long those that count took, in words. */
    String times() {
        String least = String.format(Locale.ROOT, "%.2f", shortest);
        String most = String.format(Locale.ROOT, "%.2f", longest);
        return least.equals(most) ? most + " s" : least + " to " + most + " s";
    }

    /** Returns how many bytes would move next. */
    double bytes() {
        return bytes;
    }
}
