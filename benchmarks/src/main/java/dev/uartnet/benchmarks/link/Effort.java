package dev.uartnet.benchmarks.link;

import java.util.Arrays;

/**
 * How much is measured.
 *
 * @param repetitions of each figure
 * @param seconds of each transfer, about
 * @param pings of each figure
 * @param bytesMax of the largest transfer
 * @param linesMax at once in one process
 * @param socketsMax at once on one line
 */
record Effort(int repetitions, double seconds, int pings, long bytesMax, int linesMax, int socketsMax) {
    /** As published: about a quarter of an hour. */
    static final Effort LONG = new Effort(3, 1.5, 2_000, 100_000_000, 256, 512);

    /** Each part for a moment, so that none rots. */
    static final Effort SHORT = new Effort(1, 0.1, 20, 1_000_000, 8, 64);

    boolean isShort() {
        return this == SHORT;
    }

    /** Returns the lines to measure on, of these: all, or the last one. */
    int[] lines(int... bauds) {
        return isShort() ? Arrays.copyOfRange(bauds, bauds.length - 1, bauds.length) : bauds;
    }
}
