package dev.uartnet.measure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;

/**
 * The bytes that one direction of one transfer sends: random ones, which follow from a seed and do not come round again. They are cut out of a block of random bytes, each piece at a
 * place that follows from the seed and the piece's number. So neither making nor comparing them costs much beside what is measured, and what is lost, repeated, shifted, wrong or of another
 * connection is seen.
 */
final class Pattern {
    private static final int PIECE_BYTES = 16_384;
    /** Places in the block where a piece may begin: 2 to the power of this. */
    private static final int PLACES_LOG = 20;

    private static final long BLOCK_SEED = 42;
    private static final ByteBuf BLOCK = block();

    private final long seed;

    /** The bytes that follow from a seed: others from each. */
    Pattern(long seed) {
        this.seed = seed;
    }

    private static ByteBuf block() {
        byte[] bytes = new byte[(1 << PLACES_LOG) + PIECE_BYTES];
        new SplittableRandom(BLOCK_SEED).nextBytes(bytes);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }

    /** Returns where in the block the byte of a position stands. */
    private int place(long position) {
        return (int) (mixed(seed + mixed(position / PIECE_BYTES)) >>> (Long.SIZE - PLACES_LOG))
                + (int) (position % PIECE_BYTES);
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014), on its sequence: neighbours have nothing in common. */
    private static long mixed(long number) {
        long z = number * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Returns how many bytes from a position on stand together, at most so many. */
    private static int together(long position, long max) {
        return (int) Math.min(max, PIECE_BYTES - position % PIECE_BYTES);
    }

    /** Returns the bytes from a position on, at most so many, at least one. */
    ByteBuf from(long position, long max) {
        return BLOCK.retainedSlice(place(position), together(position, max));
    }

    /** Returns whether the next so many bytes of a buffer are those from that position on; takes them. */
    boolean takeMatching(ByteBuf data, int count, long position) {
        int left = count;
        long at = position;
        boolean same = true;
        while (left > 0) {
            int length = together(at, left);
            same &= ByteBufUtil.equals(BLOCK, place(at), data, data.readerIndex(), length);
            data.skipBytes(length);
            left -= length;
            at += length;
        }
        return same;
    }
}
