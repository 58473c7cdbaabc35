package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of the peer's DATA frames: the number that is waited for, and those that came behind a gap, which wait for
 * their turn (PROTOCOL.md, section 5). Bounded by the window and the buffer that this end offered.
 */
final class ReceiveWindow {
    /** What a frame is. */
    enum Arrival {
        /** The one that was waited for: deliver it, then {@link ReceiveWindow#poll}. */
        NEXT,
        /** Behind a gap. */
        AHEAD,
        /** It has come before. */
        DUPLICATE,
        /** No honest peer sends this number now. */
        OUTSIDE
    }

    private static final int NUMBERS = 256;

    private final int windowFrames;
    private final int bufferBytes;
    private final @Nullable ByteBuf[] kept = new @Nullable ByteBuf[NUMBERS];
    private int keptBytes;
    private int expected;
    /** Behind the last number that the peer is known to have used. */
    private int known;

    ReceiveWindow(LinkConfig config) {
        windowFrames = config.windowFrames();
        bufferBytes = config.bufferBytes();
    }

    /** The number that is waited for: this end's ack. */
    int expected() {
        return expected;
    }

    /** Bytes of the frames behind a gap, payload and overhead. */
    int keptBytes() {
        return keptBytes;
    }

    Arrival arrival(int seq) {
        int ahead = (seq - expected) & 0xFF;
        if (ahead == 0) {
            return Arrival.NEXT;
        }
        if (ahead >= NUMBERS / 2) {
            return Arrival.DUPLICATE;
        }
        return ahead < windowFrames ? Arrival.AHEAD : Arrival.OUTSIDE;
    }

    /** The frame that was waited for is there. */
    void advance() {
        if (known == expected) {
            known = (known + 1) & 0xFF;
        }
        expected = (expected + 1) & 0xFF;
    }

    /**
     * Keeps a frame that came behind a gap.
     *
     * @param payload retained here if it is kept
     * @return false if it was there already, or there is no room: then it will have to come again
     */
    boolean keep(int seq, ByteBuf payload) {
        int size = payload.readableBytes() + FrameCodec.OVERHEAD_BYTES;
        if (kept[seq] != null || keptBytes + size > bufferBytes) {
            return false;
        }
        kept[seq] = payload.retain();
        keptBytes += size;
        return true;
    }

    /** The next one that waited for its turn, or null. */
    @Nullable
    ByteBuf poll() {
        ByteBuf payload = kept[expected];
        if (payload != null) {
            kept[expected] = null;
            keptBytes -= payload.readableBytes() + FrameCodec.OVERHEAD_BYTES;
            advance();
        }
        return payload;
    }

    /**
     * The peer has sent all numbers before {@code seq}.
     *
     * @return whether that is news of a gap
     */
    boolean sent(int seq) {
        int ahead = (seq - expected) & 0xFF;
        int knownAhead = (known - expected) & 0xFF;
        if (ahead > windowFrames || ahead <= knownAhead) {
            return false;
        }
        known = seq;
        return true;
    }

    boolean hasGap() {
        return known != expected;
    }

    /** The payload of a gap report. */
    ByteBuf report(ByteBufAllocator alloc) {
        int described = (known - expected) & 0xFF;
        int length = 1 + (described + 7) / 8;
        ByteBuf report = alloc.heapBuffer(length).writeByte(described).writeZero(length - 1);
        for (int i = 0; i < described; i++) {
            if (kept[(expected + i) & 0xFF] != null) {
                int at = 1 + i / 8;
                report.setByte(at, report.getByte(at) | (1 << (i % 8)));
            }
        }
        return report;
    }

    void clear() {
        for (int seq = 0; seq < NUMBERS; seq++) {
            ByteBuf payload = kept[seq];
            if (payload != null) {
                payload.release();
                kept[seq] = null;
            }
        }
        keptBytes = 0;
        expected = 0;
        known = 0;
    }
}
