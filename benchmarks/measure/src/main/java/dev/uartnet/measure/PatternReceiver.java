package dev.uartnet.measure;

import io.netty.buffer.ByteBuf;

/** Takes so many bytes of the pattern and compares them. On the channel's event loop. */
final class PatternReceiver {
    private final long bytes;
    private long came;
    private boolean wrong;
    private long lastNanos;

    PatternReceiver(long bytes) {
        this.bytes = bytes;
        lastNanos = System.nanoTime();
    }

    /** Takes what is meant for it, and leaves the rest; returns whether all has come. */
    boolean take(ByteBuf data) {
        int count = (int) Math.min(data.readableBytes(), bytes - came);
        if (count > 0) {
            wrong |= !Pattern.takeMatching(data, count, came);
            came += count;
            lastNanos = System.nanoTime();
        }
        return came == bytes;
    }

    boolean isRight() {
        return !wrong;
    }

    long came() {
        return came;
    }

    /** When the last byte came so far, by {@link System#nanoTime()}; before any came, when this was made. */
    long lastNanos() {
        return lastNanos;
    }
}
