package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The DATA frames that were sent and not acknowledged: their numbers, sizes, and, where the session can repeat frames, their
 * payloads (PROTOCOL.md, section 5). Bounded by the window and the buffer that the peer offered, and what of it is in the pipe (on its way,
 * as far as is known) by {@link LinkConfig#pipeBytes}.
 */
final class SendWindow {
    private static final int NUMBERS = 256;

    private final int[] sizes = new int[NUMBERS];
    private final @Nullable ByteBuf[] payloads = new @Nullable ByteBuf[NUMBERS];
    private final long[] sentNanos = new long[NUMBERS];
    private final long[] firstSentNanos = new long[NUMBERS];
    /** Repeated because no acknowledgement came in time, and so perhaps without need; a gap report is never wrong. */
    private final boolean[] timedOut = new boolean[NUMBERS];
    /** Of a frame's first and last transmission: transmissions are numbered, for a line keeps their order. */
    private final long[] firstTransmission = new long[NUMBERS];

    private final long[] lastTransmission = new long[NUMBERS];
    /** Reported as arrived behind a gap: the peer keeps it. */
    private final boolean[] arrived = new boolean[NUMBERS];

    private int next;
    private int oldest;
    private int bytes;
    private int bytesArrived;
    private long transmissions;
    /** The last transmission that is known to have arrived: what was sent before it and has not arrived is lost. */
    private long lastArrival;

    /** The number of the next new frame. */
    int next() {
        return next;
    }

    boolean isEmpty() {
        return next == oldest;
    }

    /** Frames that are not acknowledged. */
    int count() {
        return (next - oldest) & 0xFF;
    }

    /** Bytes of these frames, payload and overhead. */
    int bytes() {
        return bytes;
    }

    /**
     * Whether one more frame may go.
     *
     * @param size payload and overhead
     * @param line how fast it is
     */
    boolean hasRoom(Session session, int size, LinkConfig line) {
        int pipe = bytes - bytesArrived;
        return count() < session.windowFrames()
                && bytes + size <= session.bufferBytes()
                && (pipe == 0 || pipe + size <= line.pipeBytes(session.maxPayload()));
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
        sentNanos[seq] = firstSentNanos[seq] = now;
        firstTransmission[seq] = lastTransmission[seq] = ++transmissions;
        arrived[seq] = false;
        timedOut[seq] = false;
        bytes += size;
        return seq;
    }

    /**
     * The peer waits for {@code ack}: all before it have arrived.
     *
     * @return whether there was progress; a number that was never sent is none
     */
    boolean acknowledged(int ack, long now, RoundTrip roundTrip, LinePacer pacer) {
        int acked = (ack - oldest) & 0xFF;
        if (acked == 0 || acked > count()) {
            return false;
        }
        int newest = (ack - 1) & 0xFF;
        if (!wasRepeated(newest) && !arrived[newest]) {
            roundTrip.sample(now - sentNanos[newest]);
        } else {
            roundTrip.progress(timedOut[newest] ? now - firstSentNanos[newest] : 0);
        }
        long sentFrom = firstSentNanos[oldest];
        boolean byFirstTransmission = !wasRepeated(newest);
        int crossed = 0;
        while (oldest != ack) {
            arrived(oldest);
            crossed += sizes[oldest];
            bytes -= sizes[oldest];
            bytesArrived -= sizes[oldest];
            drop(oldest);
            oldest = (oldest + 1) & 0xFF;
        }
        if (byFirstTransmission) {
            pacer.crossed(crossed, sentFrom, now);
        }
        return true;
    }

    private boolean wasRepeated(int seq) {
        return lastTransmission[seq] != firstTransmission[seq];
    }

    private void arrived(int seq) {
        if (!arrived[seq]) {
            arrived[seq] = true;
            bytesArrived += sizes[seq];
            // Which of several transmissions it was, nobody knows.
            lastArrival = Math.max(lastArrival, firstTransmission[seq]);
        }
    }

    /** The peer's gap report: hands over the numbers that are to be repeated now. */
    void report(ByteBuf report, long now, RoundTrip roundTrip, IntConsumer repeat) {
        if (!report.isReadable()) {
            return;
        }
        int at = report.readerIndex();
        int inReport = 8 * (report.readableBytes() - 1);
        int described = Math.min(Math.min(report.getUnsignedByte(at), count()), inReport);
        for (int i = 0; i < described; i++) {
            if ((report.getByte(at + 1 + i / 8) & (1 << (i % 8))) != 0) {
                arrived((oldest + i) & 0xFF);
            }
        }
        for (int i = 0; i < described; i++) {
            int seq = (oldest + i) & 0xFF;
            if (!arrived[seq]
                    && (lastTransmission[seq] < lastArrival || now - sentNanos[seq] >= roundTrip.smoothed())) {
                repeat.accept(seq);
            }
        }
    }

    /** Whether the peer has no room for one more frame of this size, in its window or its buffer. */
    boolean fillsPeer(Session session, int size) {
        return count() >= session.windowFrames() || bytes + size > session.bufferBytes();
    }

    /** The payload of a frame that is sent again now, with a reference for it. */
    ByteBuf repeat(int seq, long now) {
        ByteBuf payload = payloads[seq];
        if (payload == null) {
            throw new IllegalStateException("frame " + seq + " is not kept");
        }
        lastTransmission[seq] = ++transmissions;
        sentNanos[seq] = now;
        return payload.retain();
    }

    /** The oldest frame was not acknowledged in time. Returns its number. */
    int timedOut() {
        timedOut[oldest] = true;
        return oldest;
    }

    /** Payload and overhead of a frame. */
    int size(int seq) {
        return sizes[seq];
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
        bytesArrived = 0;
        transmissions = 0;
        lastArrival = 0;
    }
}
