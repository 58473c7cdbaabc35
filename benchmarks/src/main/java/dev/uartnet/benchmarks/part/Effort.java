package dev.uartnet.benchmarks.part;

import java.util.Arrays;

/**
 * How much is measured.
 *
 * @param repetitions of each figure
 * @param seconds of each transfer, about
 * @param steadySeconds likewise, where the rate once it is steady is asked for
 * @param pings of each figure
 * @param bytesMax of the largest transfer
 * @param linesMax at once in one process
 * @param socketsMax at once on one line
 */
public record Effort(
        int repetitions, double seconds, double steadySeconds, int pings, long bytesMax, int linesMax, int socketsMax) {
    /** As published. */
    public static final Effort LONG = new Effort(3, 1.5, 5, 2_000, 100_000_000, 256, 512);

    /** Each part for a moment, so that none rots. */
    public static final Effort SHORT = new Effort(1, 0.05, 0.05, 20, 1_000_000, 8, 8);

    public boolean isShort() {
        return this == SHORT;
    }

    /** Returns the lines to measure on, of these: all, or the last one. */
    public int[] lines(int... bauds) {
        return isShort() ? Arrays.copyOfRange(bauds, bauds.length - 1, bauds.length) : bauds;
    }
}
