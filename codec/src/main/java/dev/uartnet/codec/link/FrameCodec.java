package dev.uartnet.codec.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The header of a frame: type and session tag, seq, ack (PROTOCOL.md, section 3). Static accessors over the frame's buffer, without
 * its CRC.
 */
public final class FrameCodec {
    /** Bytes of a header. */
    public static final int HEADER_BYTES = 4;

    /** Bytes of the check behind a frame, counted where memory is promised to the peer. */
    static final int CHECK_BYTES = 4;

    /** Bytes of header and check. */
    static final int OVERHEAD_BYTES = HEADER_BYTES + CHECK_BYTES;

    /** Largest payload of HELLO, WELCOME and RESET. */
    static final int HELLO_PAYLOAD_BYTES_MAX = 256;

    /** Smallest and largest value of "largest payload". */
    static final int PAYLOAD_BYTES_MIN = 256;

    static final int PAYLOAD_BYTES_MAX = 16_384;

    static final int WINDOW_FRAMES_MAX = 127;

    /** Tags are 1 to this; 0 means "no session". */
    static final int TAG_MAX = 0x1FFF;

    private static final int TYPE_SHIFT = 13;

    private FrameCodec() {}

    /**
     * Copies a payload behind a header, into a buffer that has room for the check as well; takes over the payload's reference, and does not change
     * its indices. The copy belongs to the line alone: the payload may have to be sent again, with another header.
     */
    public static ByteBuf encode(ByteBufAllocator alloc, FrameType type, int tag, int seq, int ack, ByteBuf payload) {
        try {
            int length = payload.readableBytes();
            return frame(alloc, type, tag, seq, ack, length).writeBytes(payload, payload.readerIndex(), length);
        } finally {
            payload.release();
        }
    }

    /** A frame without payload. */
    static ByteBuf header(ByteBufAllocator alloc, FrameType type, int tag, int seq, int ack) {
        return frame(alloc, type, tag, seq, ack, 0);
    }

    private static ByteBuf frame(ByteBufAllocator alloc, FrameType type, int tag, int seq, int ack, int payloadBytes) {
        if (tag < 0 || tag > TAG_MAX) {
            throw new IllegalArgumentException("a session tag is 0 to " + TAG_MAX + ": " + tag);
        }
        int length = HEADER_BYTES + payloadBytes + CHECK_BYTES;
        return alloc.heapBuffer(length, length)
                .writeInt((type.code() << TYPE_SHIFT | tag) << 16 | (seq & 0xFF) << 8 | (ack & 0xFF));
    }

    /** Tells whether the bytes can be a frame of this version: long enough, and of a known type. */
    public static boolean isFrame(ByteBuf frame) {
        return frame.readableBytes() >= HEADER_BYTES && FrameType.isKnown(typeCode(frame));
    }

    private static int typeCode(ByteBuf frame) {
        return frame.getUnsignedShort(frame.readerIndex()) >>> TYPE_SHIFT;
    }

    /** Returns the type of a buffer that {@link #isFrame} accepts. */
    public static FrameType type(ByteBuf frame) {
        return FrameType.of(typeCode(frame));
    }

    /** Returns the session tag, 0 for none. */
    public static int tag(ByteBuf frame) {
        return frame.getUnsignedShort(frame.readerIndex()) & TAG_MAX;
    }

    /** Returns the frame's number (DATA), or the number of its sender's next new one. */
    public static int seq(ByteBuf frame) {
        return frame.getUnsignedByte(frame.readerIndex() + 2);
    }

    /** Returns the number that the frame's sender waits for. */
    public static int ack(ByteBuf frame) {
        return frame.getUnsignedByte(frame.readerIndex() + 3);
    }

    /** Returns the payload: the rest of the frame, which still holds the reference. */
    public static ByteBuf payload(ByteBuf frame) {
        return frame.slice(frame.readerIndex() + HEADER_BYTES, frame.readableBytes() - HEADER_BYTES);
    }
}
