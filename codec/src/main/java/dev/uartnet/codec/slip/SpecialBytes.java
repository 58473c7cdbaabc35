package dev.uartnet.codec.slip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the bytes that SLIP gives a meaning, END and ESC, eight bytes at a time and more. Over arrays only: who holds another kind of memory copies it
 * into one first, which costs less than its bounds checks would.
 */
final class SpecialBytes {
    /** Little-endian, so that the first byte in memory is the least significant one. Needs no alignment. */
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long ENDS = 0xC0C0_C0C0_C0C0_C0C0L;
    private static final long ESCS = 0xDBDB_DBDB_DBDB_DBDBL;

    private SpecialBytes() {}

    /** Returns the index of the first END or ESC from {@code from} on, or {@code to} if there is none before it. */
    static int first(byte[] bytes, int from, int to) {
        int at = from;
        // Four words at once as long as there is nothing: a branch in 32 bytes, and the words do not wait for each
        // other.
        while (at <= to - 4 * Long.BYTES
                && (marks(bytes, at) | marks(bytes, at + 8) | marks(bytes, at + 16) | marks(bytes, at + 24)) == 0) {
            at += 4 * Long.BYTES;
        }
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long marks = marks(bytes, at);
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (at < to && bytes[at] != Slip.END && bytes[at] != Slip.ESC) {
            at++;
        }
        return at;
    }

    /**
     * Sets the high bit of each special byte: of those bytes that have it set (as both special ones have), minus one sets it again only where the
     * byte was the special one. A byte behind the first special one may be marked wrongly, for the borrow; none before it.
     */
    private static long marks(byte[] bytes, int at) {
        long word = (long) LONG.get(bytes, at);
        return ((word ^ ENDS) - ONES | (word ^ ESCS) - ONES) & word & HIGH_BITS;
    }
}
