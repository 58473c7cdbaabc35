package dev.uartnet.codec.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * CHANNEL_DATA and CHANNEL_CREDIT in their shortest form, which carry the load: written and read where they lie, without MessagePack's packer and
 * unpacker and the objects that these make for each message.
 */
final class StreamMessages {
    private static final int ARRAY_OF_3 = 0x93;
    private static final int UINT_8 = 0xCC;
    private static final int UINT_16 = 0xCD;
    private static final int UINT_32 = 0xCE;
    private static final int BIN_8 = 0xC4;
    private static final int BIN_16 = 0xC5;
    private static final int BIN_32 = 0xC6;
    /** The most that is before the bytes: array, kind, channel, head of the bytes. */
    private static final int HEADER_BYTES_MAX = 1 + 1 + 3 + 5;

    private static final int CREDIT_BYTES_MAX = 1 + 1 + 3 + 5;

    /** A reader that keeps to its window grants the same again and again: one object then serves. */
    private ChannelCredit lastCredit = new ChannelCredit(0, 0);

    // Where reading stands.
    private int at;

    /** Copies the bytes: what the application has written is free again, whatever it was a part of. */
    static ByteBuf encode(ByteBufAllocator alloc, ChannelData message) {
        ByteBuf data = message.content();
        int length = data.readableBytes();
        MessageEncoder.range("channel", message.channel());
        ByteBuf out = alloc.heapBuffer(HEADER_BYTES_MAX + length, HEADER_BYTES_MAX + length);
        out.writeByte(ARRAY_OF_3).writeByte(MessageKind.CHANNEL_DATA);
        writeUnsigned(out, message.channel());
        if (length < 1 << 8) {
            out.writeByte(BIN_8).writeByte(length);
        } else if (length < 1 << 16) {
            out.writeByte(BIN_16).writeShort(length);
        } else {
            out.writeByte(BIN_32).writeInt(length);
        }
        return out.writeBytes(data, data.readerIndex(), length);
    }

    static ByteBuf encode(ByteBufAllocator alloc, ChannelCredit message) {
        MessageEncoder.range("channel", message.channel());
        MessageEncoder.notNegative("credit", message.credit());
        ByteBuf out = alloc.heapBuffer(CREDIT_BYTES_MAX, CREDIT_BYTES_MAX);
        out.writeByte(ARRAY_OF_3).writeByte(MessageKind.CHANNEL_CREDIT);
        writeUnsigned(out, message.channel());
        writeUnsigned(out, message.credit());
        return out;
    }

    private static void writeUnsigned(ByteBuf out, int number) {
        if (number < 1 << 7) {
            out.writeByte(number);
        } else if (number < 1 << 8) {
            out.writeByte(UINT_8).writeByte(number);
        } else if (number < 1 << 16) {
            out.writeByte(UINT_16).writeShort(number);
        } else {
            out.writeByte(UINT_32).writeInt(number);
        }
    }

    /**
     * Reads a payload; null, and its indices are as they were, if it is anything else than such a message, or no whole one. The bytes of CHANNEL_DATA
     * are the payload itself, which from then on has nothing else to read: a slice would be an object.
     */
    @Nullable
    Message decode(ByteBuf payload) {
        at = payload.readerIndex();
        int end = payload.writerIndex();
        if (end - at < 4 || payload.getUnsignedByte(at) != ARRAY_OF_3) {
            return null;
        }
        int kind = payload.getByte(at + 1);
        at += 2;
        if (kind == MessageKind.CHANNEL_DATA) {
            long channel = readUnsigned(payload, end);
            int length = channel < 0 || channel > 0xFFFF ? -1 : binaryHeader(payload, end);
            return length >= 0 && end - at == length
                    ? ChannelData.of((int) channel, payload.readerIndex(at).retain())
                    : null;
        }
        if (kind == MessageKind.CHANNEL_CREDIT) {
            long channel = readUnsigned(payload, end);
            long credit = channel < 0 || channel > 0xFFFF ? -1 : readUnsigned(payload, end);
            return credit >= 0 && credit <= Integer.MAX_VALUE && at == end ? credit((int) channel, (int) credit) : null;
        }
        return null;
    }

    private ChannelCredit credit(int channel, int credit) {
        if (lastCredit.channel() != channel || lastCredit.credit() != credit) {
            lastCredit = new ChannelCredit(channel, credit);
        }
        return lastCredit;
    }

    /** Returns -1 if there is no such number, whole. */
    private long readUnsigned(ByteBuf payload, int end) {
        int first = at < end ? payload.getUnsignedByte(at++) : -1;
        if (first < 0x80) {
            return first;
        }
        int bytes = first == UINT_8 ? 1 : first == UINT_16 ? 2 : first == UINT_32 ? 4 : 0;
        return bytes == 0 ? -1 : number(payload, end, bytes);
    }

    private int binaryHeader(ByteBuf payload, int end) {
        int first = at < end ? payload.getUnsignedByte(at++) : -1;
        int bytes = first == BIN_8 ? 1 : first == BIN_16 ? 2 : first == BIN_32 ? 4 : 0;
        return bytes == 0 ? -1 : (int) Math.min(Integer.MAX_VALUE, number(payload, end, bytes));
    }

    private long number(ByteBuf payload, int end, int bytes) {
        if (bytes > end - at) {
            return -1;
        }
        long number =
                switch (bytes) {
                    case 1 -> payload.getUnsignedByte(at);
                    case 2 -> payload.getUnsignedShort(at);
                    default -> payload.getUnsignedInt(at);
                };
        at += bytes;
        return number;
    }
}
