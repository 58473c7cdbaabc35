package dev.uartnet.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;

/** An endless stream of bytes that can be checked at any position: a lost, doubled or moved byte shows. */
final class Pattern {
    private final long seed;

    Pattern(long seed) {
        this.seed = seed;
    }

    /** Splitmix64's finaliser over the number of the 8-byte block. */
    private long block(long index) {
        long z = (index + seed) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    void fill(long position, byte[] target, int length) {
        long block = block(position >>> 3);
        for (int i = 0; i < length; i++) {
            long p = position + i;
            if ((p & 7) == 0) {
                block = block(p >>> 3);
            }
            target[i] = (byte) (block >>> ((p & 7) << 3));
        }
    }

    byte[] bytes(long position, int length) {
        byte[] bytes = new byte[length];
        fill(position, bytes, length);
        return bytes;
    }

    /** The first position from {@code position} on at which the buffer differs, or -1. */
    long mismatch(long position, ByteBuf buffer) {
        // In one go: a leak-tracked buffer records a stack trace for each access.
        byte[] actual = ByteBufUtil.getBytes(buffer);
        int index = Arrays.mismatch(actual, bytes(position, actual.length));
        return index < 0 ? -1 : position + index;
    }
}
