package dev.uartnet.transport;

/**
 * A bounded byte queue between exactly one producing and one consuming thread, without locks or copies of its own: each
 * side works on {@link #array()} in place and then publishes how far it came.
 *
 * <p>Publishing is a volatile store, so that a side that publishes and then looks whether the other one is parked, and
 * the other one that announces that it parks and then looks at the ring, cannot miss each other.
 */
final class SpscByteRing {
    private final byte[] bytes;
    private final int mask;
    /** Bytes ever put in; written by the producer only. */
    private volatile long produced;
    /** Bytes ever taken out; written by the consumer only. */
    private volatile long consumed;

    /** A ring of {@code capacity} bytes, which must be a power of two. */
    SpscByteRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (allowed: a power of two)");
        }
        bytes = new byte[capacity];
        mask = capacity - 1;
    }

    byte[] array() {
        return bytes;
    }

    // Producer's side.

    int free() {
        return bytes.length - (int) (produced - consumed);
    }

    int writeOffset() {
        return (int) produced & mask;
    }

    /** How many bytes can be put at {@link #writeOffset()} without wrapping round the array's end. */
    int contiguousFree() {
        return Math.min(free(), bytes.length - writeOffset());
    }

    /** Publishes {@code count} bytes put in from {@link #writeOffset()} on (wrapping). */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the producer is this field's only writer
    void produce(int count) {
        produced += count;
    }

    // Consumer's side.

    int readable() {
        return (int) (produced - consumed);
    }

    int readOffset() {
        return (int) consumed & mask;
    }

    /** How many bytes can be taken at {@link #readOffset()} without wrapping round the array's end. */
    int contiguousReadable() {
        return Math.min(readable(), bytes.length - readOffset());
    }

    /** Gives {@code count} bytes' room back to the producer. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the consumer is this field's only writer
    void consume(int count) {
        consumed += count;
    }

    // Both sides.

    /** Bytes ever put in. */
    long producedTotal() {
        return produced;
    }

    /** Bytes ever taken out. */
    long consumedTotal() {
        return consumed;
    }

    @Override
    public String toString() {
        return "SpscByteRing(" + readable() + " of " + bytes.length + " bytes)";
    }
}
