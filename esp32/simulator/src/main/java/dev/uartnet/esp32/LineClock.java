package dev.uartnet.esp32;

/**
 * When bytes have passed a line, one after the other: each takes a start bit, 8 data bits and a stop bit. One direction, one thread;
 * times in nanoseconds of {@link System#nanoTime()}.
 */
final class LineClock {
    static final int BAUD_MIN = 300;
    static final int BAUD_MAX = 20_000_000;

    private static final long BITS_PER_BYTE = 10;
    private static final long NANOS = 1_000_000_000L;

    private int baud;
    /** The line is busy until then: whole nanoseconds and, so that no rate drifts, the fraction in 1/baud. */
    private long freeNanos;

    private long freeFraction;
    private boolean used;

    LineClock(int baud) {
        this.baud = checked(baud);
    }

    static int checked(int baud) {
        if (baud < BAUD_MIN || baud > BAUD_MAX) {
            throw new IllegalArgumentException("baud must be " + BAUD_MIN + " to " + BAUD_MAX + ": " + baud);
        }
        return baud;
    }

    /** Bytes that pass in that time at that speed. */
    static int bytesIn(long nanos, int baud) {
        return (int) (nanos / 1000 * baud / (BITS_PER_BYTE * NANOS / 1000));
    }

    /** The next bytes are sent at that speed. */
    void speed(int newBaud) {
        if (newBaud != baud) {
            baud = checked(newBaud);
            freeFraction = 0;
        }
    }

    /** The next byte's start bit begins at that time, or, if the line is busy then, when it is free. */
    void startAt(long nanos) {
        if (!used || freeNanos - nanos < 0) {
            used = true;
            freeNanos = nanos;
            freeFraction = 0;
        }
    }

    /** When so many bytes more will have arrived. */
    long arrival(int bytes) {
        return freeNanos + scaled(bytes) / baud;
    }

    /** How many of the next bytes have arrived at that time, at most {@code most}. */
    int arrived(long nanos, int most) {
        long passed = nanos - freeNanos;
        if (passed <= 0) {
            return 0;
        }
        if (passed >= scaled(most) / baud) {
            return most;
        }
        // The most bytes whose arrival() is not later. No overflow: it is less than the time of `most`.
        return (int) (((passed + 1) * baud - 1 - freeFraction) / (BITS_PER_BYTE * NANOS));
    }

    /** So many bytes are past. */
    void advance(int bytes) {
        long scaled = scaled(bytes);
        freeNanos += scaled / baud;
        freeFraction = scaled % baud;
    }

    private long scaled(int bytes) {
        return bytes * BITS_PER_BYTE * NANOS + freeFraction;
    }
}
