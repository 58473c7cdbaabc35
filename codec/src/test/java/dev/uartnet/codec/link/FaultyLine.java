package dev.uartnet.codec.link;

import java.util.Arrays;

/**
 * One direction of a line in virtual time: bytes leave at the line's speed, may be lost, altered, doubled or held up on their way, arrive
 * after a latency, and are read in portions, as UARTs and USB adapters hand them over.
 */
public final class FaultyLine {
    /** What a line does to bytes, and when. All times in nanoseconds since the schedule's begin. */
    record Faults(
            int oneIn,
            long from,
            long to,
            boolean flips,
            boolean drops,
            boolean doubles,
            boolean inserts,
            int burstBytes,
            int repeatBytes,
            Spans cuts,
            Spans stalls) {
        static final Faults NONE = new Faults(0, 0, 0, false, false, false, false, 0, 0, Spans.NONE, Spans.NONE);
    }

    /** Spans of time, in order, from the first of each pair to before the second. */
    static final class Spans {
        static final Spans NONE = new Spans();

        private final long[] bounds;

        Spans(long... bounds) {
            this.bounds = bounds;
        }

        /** The end of the last one, or 0. */
        long end() {
            return bounds.length == 0 ? 0 : bounds[bounds.length - 1];
        }

        /** The end of the span that contains the time, or 0. */
        long endAround(long time) {
            for (int i = 0; i < bounds.length; i += 2) {
                if (time >= bounds[i] && time < bounds[i + 1]) {
                    return bounds[i + 1];
                }
            }
            return 0;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("[");
            for (int i = 0; i < bounds.length; i += 2) {
                text.append(i == 0 ? "" : ", ")
                        .append(bounds[i] / 1_000)
                        .append("..")
                        .append(bounds[i + 1] / 1_000);
            }
            return text.append(" us]").toString();
        }
    }

    /** How fast a line is and how its bytes are read. */
    public record Timing(long byteNanos, long latencyNanos, int portionBytes, long portionNanos, int bufferBytes) {}

    private final Timing timing;
    private final Faults faults;
    private final SplitMix random;
    /** A ring; both counts run on. */
    private byte[] bytes = new byte[4_096];

    private long[] arrival = new long[4_096];
    private int head;
    private int tail;
    private long freeAt;
    private int burst;
    private long altered;
    private long carried;
    /** The last bytes that were sent, a ring; as many as were carried. */
    private final byte[] said = new byte[4_096];

    FaultyLine(Timing timing, Faults faults, SplitMix random) {
        this.timing = timing;
        this.faults = faults;
        this.random = random;
    }

    public Timing timing() {
        return timing;
    }

    /** How many times the line has done something to bytes. */
    long altered() {
        return altered;
    }

    long carried() {
        return carried;
    }

    /** When all that has been sent so far has left. */
    long freeAt() {
        return freeAt;
    }

    boolean hasRoom(long now) {
        return freeAt - now < timing.bufferBytes * timing.byteNanos;
    }

    /** How many bytes the line takes now. */
    public int room(long now) {
        return (int) (timing.bufferBytes - Math.max(0, freeAt - now) / timing.byteNanos);
    }

    /** When there is room again. */
    public long roomAt() {
        return freeAt - timing.bufferBytes * timing.byteNanos + 1;
    }

    /** A sender gives bytes to the line. */
    public void send(byte[] data, int length, long now) {
        long free = Math.max(freeAt, now);
        for (int i = 0; i < length; i++) {
            long stalled = faults.stalls.endAround(free);
            if (stalled != 0) {
                free = stalled;
            }
            free += timing.byteNanos;
            carry(data[i], free);
            said[(int) (carried + i) & (said.length - 1)] = data[i];
        }
        carried += length;
        freeAt = free;
    }

    /** The last that was sent, as it was sent. */
    byte[] said() {
        byte[] last = new byte[(int) Math.min(carried, said.length)];
        for (int i = 0; i < last.length; i++) {
            last[i] = said[(int) (carried - last.length + i) & (said.length - 1)];
        }
        return last;
    }

    /** Bytes that nobody sent and that nothing happens to. */
    void inject(byte[] data, long now) {
        long free = Math.max(freeAt, now);
        for (byte value : data) {
            free += timing.byteNanos;
            put(value, free);
        }
        freeAt = free;
    }

    private void carry(byte value, long leaves) {
        if (faults.cuts.endAround(leaves) != 0) {
            altered++;
            return;
        }
        if (burst > 0) {
            burst--;
            return;
        }
        if (faults.oneIn == 0 || leaves < faults.from || leaves >= faults.to || !random.oneIn(faults.oneIn)) {
            put(value, leaves);
            return;
        }
        fault(value, leaves);
    }

    private void fault(byte value, long leaves) {
        altered++;
        if (faults.burstBytes > 0 && random.oneIn(4)) {
            burst = random.below(faults.burstBytes); // a FIFO overran
        } else if (faults.repeatBytes > 0 && random.oneIn(4)) {
            put(value, leaves);
            int again = Math.min(tail - head, random.between(1, faults.repeatBytes)); // a packet that came twice
            for (int i = 0; i < again; i++) {
                put(bytes[(tail - again) & (bytes.length - 1)], leaves);
            }
        } else if (faults.flips && random.oneIn(2)) {
            put((byte) (value ^ (1 << random.below(8))), leaves);
        } else if (faults.doubles && random.oneIn(2)) {
            put(value, leaves);
            put(value, leaves);
        } else if (faults.inserts && random.oneIn(2)) {
            put((byte) random.below(256), leaves);
            put(value, leaves);
        } else if (!faults.drops) {
            put((byte) random.below(256), leaves);
        }
    }

    private void put(byte value, long leaves) {
        if (tail - head == bytes.length) {
            grow();
        }
        int at = tail++ & (bytes.length - 1);
        bytes[at] = value;
        arrival[at] = leaves + timing.latencyNanos;
    }

    private void grow() {
        byte[] moreBytes = new byte[2 * bytes.length];
        long[] moreArrival = new long[moreBytes.length];
        int size = tail - head;
        for (int i = 0; i < size; i++) {
            int from = (head + i) & (bytes.length - 1);
            moreBytes[i] = bytes[from];
            moreArrival[i] = arrival[from];
        }
        bytes = moreBytes;
        arrival = moreArrival;
        head = 0;
        tail = size;
    }

    /** When the next portion can be read; {@link Long#MAX_VALUE} if nothing is under way. */
    long nextArrival() {
        int size = tail - head;
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        int mask = bytes.length - 1;
        long byTime = arrival[head & mask] + timing.portionNanos;
        return size < timing.portionBytes ? byTime : Math.min(byTime, arrival[(head + timing.portionBytes - 1) & mask]);
    }

    /** All that has arrived by now. */
    byte[] read(long now) {
        int mask = bytes.length - 1;
        int end = head;
        while (end != tail && arrival[end & mask] <= now) {
            end++;
        }
        int from = head & mask;
        int to = from + end - head;
        byte[] portion;
        if (to <= bytes.length) {
            portion = Arrays.copyOfRange(bytes, from, to);
        } else {
            portion = Arrays.copyOfRange(bytes, from, from + end - head);
            System.arraycopy(bytes, 0, portion, bytes.length - from, to - bytes.length);
        }
        head = end;
        return portion;
    }

    /** Nothing is under way. */
    boolean isEmpty() {
        return head == tail;
    }
}
