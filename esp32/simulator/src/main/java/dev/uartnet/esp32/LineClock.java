package dev.uartnet.esp32;

/** When bytes that are written at some time have passed a line of some speed. One direction; times in nanoseconds. */
final class LineClock {
    /** Start bit, 8 data bits, stop bit. */
    private static final long BITS_PER_BYTE = 10;

    private static final long NANOS = 1_000_000_000L;

    private final int baud;
    /** The line is busy until then: whole nanoseconds and, so that no rate drifts, the fraction in 1/baud. */
    private long freeNanos;

    private long freeFraction;
    private boolean used;

    LineClock(int baud) {
        if (baud < 300 || baud > 20_000_000) {
            throw new IllegalArgumentException("baud must be 300 to 20000000: " + baud);
        }
        this.baud = baud;
    }

    /** Bytes that pass in that time, at least one. */
    int bytesIn(long nanos) {
        return (int) Math.max(1, nanos / 1000 * baud / (BITS_PER_BYTE * NANOS / 1000));
    }

    /**
     * Puts bytes on the line, behind those that are on it.
     *
     * @param writtenNanos when they were there to be sent
     * @return when the last of them has arrived
     */
    long arrival(long writtenNanos, int bytes) {
        if (!used || freeNanos - writtenNanos < 0) {
            used = true;
            freeNanos = writtenNanos;
            freeFraction = 0;
        }
        long scaled = bytes * BITS_PER_BYTE * NANOS + freeFraction;
        freeNanos += scaled / baud;
        freeFraction = scaled % baud;
        return freeNanos;
    }
}
