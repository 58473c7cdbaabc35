package dev.uartnet.measure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;

/**
 * The bytes that are sent: random ones, the same for all, over and over again. So neither making nor comparing them costs much beside
 * what is measured, and a byte that is lost, repeated or wrong is seen.
 */
final class Pattern {
    /** No multiple of any buffer's or frame's size, so that a piece that is lost or repeated does not fit. */
    private static final int BYTES = 1_000_003;

    private static final ByteBuf BLOCK = block();

    private Pattern() {}

    private static ByteBuf block() {
        byte[] bytes = new byte[BYTES];
        new SplittableRandom(42).nextBytes(bytes);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(BYTES).writeBytes(bytes).asReadOnly());
    }

    /** Returns where the stream of a transfer begins: those of other sizes begin elsewhere, so that bytes of another connection are seen to be wrong. */
    static long start(long bytesDown, long bytesUp) {
        return Math.floorMod(31 * bytesDown + bytesUp, (long) BYTES);
    }

    /** Returns the bytes from a place of the stream on, at most so many, at least one. */
    static ByteBuf from(long position, long max) {
        int at = (int) (position % BYTES);
        return BLOCK.retainedSlice(at, (int) Math.min(max, BYTES - at));
    }

    /** Returns whether the next so many bytes of a buffer are those of that place of the stream; takes them. */
    static boolean takeMatching(ByteBuf data, int count, long position) {
        int left = count;
        long at = position;
        boolean same = true;
        while (left > 0) {
            int offset = (int) (at % BYTES);
            int length = Math.min(left, BYTES - offset);
            same &= ByteBufUtil.equals(BLOCK, offset, data, data.readerIndex(), length);
            data.skipBytes(length);
            left -= length;
            at += length;
        }
        return same;
    }
}
