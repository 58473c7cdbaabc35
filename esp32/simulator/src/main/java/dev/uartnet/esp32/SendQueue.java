package dev.uartnet.esp32;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a sender has written and the line has not sent yet: the sender's FIFO. One thread puts, one takes; each parks by itself and is
 * told of the other by {@link LockSupport#unpark}.
 */
final class SendQueue {
    /** Some bytes, when they were there to be sent, and the speed that the sender was set to then. */
    static final class Piece {
        final byte[] bytes;
        final long writtenNanos;
        final int baud;

        Piece(byte[] bytes, long writtenNanos, int baud) {
            this.bytes = bytes;
            this.writtenNanos = writtenNanos;
            this.baud = baud;
        }
    }

    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private int bytes;
    private boolean ended;

    /** How many bytes wait. */
    synchronized int size() {
        return bytes;
    }

    synchronized void put(byte[] source, int count, long writtenNanos, int baud) {
        pieces.add(new Piece(Arrays.copyOf(source, count), writtenNanos, baud));
        bytes += count;
    }

    /** Nothing more will come. */
    synchronized void end() {
        ended = true;
    }

    /** The next piece, which stays counted until {@link #sent}; or null. */
    synchronized @Nullable Piece poll() {
        return pieces.poll();
    }

    /** So many bytes of a piece have left. */
    synchronized void sent(int count) {
        bytes -= count;
    }

    /** Whether there is no piece now. */
    synchronized boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Whether nothing is left and nothing will come. */
    synchronized boolean isOver() {
        return ended && pieces.isEmpty();
    }
}
