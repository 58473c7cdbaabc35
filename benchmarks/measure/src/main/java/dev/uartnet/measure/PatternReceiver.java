package dev.uartnet.measure;

import io.netty.buffer.ByteBuf;

/** Takes so many bytes of the pattern and compares them. On the channel's event loop. */
final class PatternReceiver {
    private static final double NANOS = 1e9;

    /** So many parts of the bytes, of which the first does not count for the rate: the link finds its pace. */
    private static final int PARTS = 10;

    private final Pattern pattern;
    private final long bytes;
    private final long startNanos = System.nanoTime();
    private long came;
    private long firstCount;
    private long firstNanos;
    private boolean wrong;
    private long lastNanos;

    PatternReceiver(Pattern pattern, long bytes) {
        this.pattern = pattern;
        this.bytes = bytes;
        lastNanos = startNanos;
    }

    /** Takes what is meant for it, and leaves the rest; returns whether all has come. */
    boolean take(ByteBuf data) {
        int count = (int) Math.min(data.readableBytes(), bytes - came);
        if (count > 0) {
            wrong |= !pattern.takeMatching(data, count, came);
            lastNanos = System.nanoTime();
            came += count;
            if (firstCount == 0 && came >= bytes / PARTS) {
                firstCount = came;
                firstNanos = lastNanos;
            }
        }
        return came == bytes;
    }

    boolean isRight() {
        return !wrong;
    }

    long came() {
        return came;
    }

    /** Returns the time from when this was made to the last byte so far. */
    long nanos() {
        return lastNanos - startNanos;
    }

    /** Returns the bytes a second that came behind the first tenth; if nothing did, all bytes by the whole time. */
    double rate() {
        return came > firstCount && lastNanos > firstNanos
                ? (came - firstCount) * NANOS / (lastNanos - firstNanos)
                : came * NANOS / Math.max(1, nanos());
    }
}
