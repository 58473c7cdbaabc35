package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The DATA frames that were sent and not acknowledged: their numbers, sizes, and, where the session can repeat frames, their
 * payloads (PROTOCOL.md, section 5). Bounded by the window and the buffer that the peer offered.
 */
final class SendWindow {
    private static final int NUMBERS = 256;

    private final int[] sizes = new int[NUMBERS];
    private final @Nullable ByteBuf[] payloads = new @Nullable ByteBuf[NUMBERS];
    private final long[] sentNanos = new long[NUMBERS];
    private final boolean[] repeated = new boolean[NUMBERS];
    /** Reported as arrived behind a gap: the peer keeps it. */
    private final boolean[] arrived = new boolean[NUMBERS];

    private int next;
    private int oldest;
    private int bytes;

    /** The number of the next new frame. */
    int next() {
        return next;
    }

    boolean isEmpty() {
        return next == oldest;
    }

    private int count() {
        return (next - oldest) & 0xFF;
    }

    boolean hasRoom(Session session, int size) {
        return count() < session.windowFrames() && bytes + size <= session.bufferBytes();
    }

    /**
     * Notes a new frame.
     *
     * @param payload what may have to be repeated, whose reference this takes over; null if nothing is ever repeated
     * @param size payload and overhead
     * @return its number
     */
    int add(@Nullable ByteBuf payload, int size, long now) {
        int seq = next;
        next = (seq + 1) & 0xFF;
        payloads[seq] = payload;
        sizes[seq] = size;
        sentNanos[seq] = now;
        repeated[seq] = false;
        arrived[seq] = false;
        bytes += size;
        return seq;
    }

    /**
     * The peer waits for {@code ack}: all before it have arrived.
     *
     * @return whether there was progress; a number that was never sent is none
     */
    boolean acknowledged(int ack, long now, RoundTrip roundTrip) {
        int acked = (ack - oldest) & 0xFF;
        if (acked == 0 || acked > count()) {
            return false;
        }
        int newest = (ack - 1) & 0xFF;
        if (!repeated[newest] && !arrived[newest]) {
            roundTrip.sample(now - sentNanos[newest]);
        }
        while (oldest != ack) {
            bytes -= sizes[oldest];
            drop(oldest);
            oldest = (oldest + 1) & 0xFF;
        }
        return true;
    }

    /** The peer's gap report: hands over the numbers that are to be repeated now. */
    void report(ByteBuf report, long now, RoundTrip roundTrip, IntConsumer repeat) {
        if (!report.isReadable()) {
            return;
        }
        int at = report.readerIndex();
        int described = Math.min(report.getUnsignedByte(at), count());
        for (int i = 0; i < described; i++) {
            int byteAt = at + 1 + i / 8;
            if (byteAt >= report.writerIndex()) {
                return;
            }
            int seq = (oldest + i) & 0xFF;
            if ((report.getByte(byteAt) & (1 << (i % 8))) != 0) {
                arrived[seq] = true;
            } else if (!repeated[seq] || now - sentNanos[seq] >= roundTrip.smoothed()) {
                repeat.accept(seq);
            }
        }
    }

    /** Whether the peer has no room for one more frame of this size, in its window or its buffer. */
    boolean fillsPeer(Session session, int size) {
        return count() >= session.windowFrames() || bytes + size > session.bufferBytes();
    }

    /** The payload of a frame that is sent again now. */
    ByteBuf repeat(int seq, long now) {
        ByteBuf payload = payloads[seq];
        if (payload == null) {
            throw new IllegalStateException("frame " + seq + " is not kept");
        }
        repeated[seq] = true;
        sentNanos[seq] = now;
        return payload.retainedDuplicate();
    }

    int oldest() {
        return oldest;
    }

    /** When the oldest frame was sent last. */
    long oldestSentNanos() {
        return sentNanos[oldest];
    }

    private void drop(int seq) {
        ReferenceCountUtil.release(payloads[seq]);
        payloads[seq] = null;
    }

    void clear() {
        while (oldest != next) {
            drop(oldest);
            oldest = (oldest + 1) & 0xFF;
        }
        next = 0;
        oldest = 0;
        bytes = 0;
    }
}
