package dev.uartnet.codec.crc;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/** The checks that {@link CrcEncoder} and {@link CrcDecoder} know; on the wire big-endian, behind the frame. */
public enum CrcAlgorithm {
    /** CRC-32 of IEEE 802.3 (RFC 1952, section 8); check value of "123456789": CBF43926. */
    CRC_32(4) {
        @Override
        Checksum checksum() {
            return new CRC32();
        }
    },
    /** CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF, not reflected; check value of "123456789": 29B1. */
    CRC_16_CCITT_FALSE(2) {
        @Override
        Checksum checksum() {
            return new Crc16CcittFalse();
        }
    };

    private final int bytes;

    CrcAlgorithm(int bytes) {
        this.bytes = bytes;
    }

    /** Returns how many bytes the check takes. */
    public int bytes() {
        return bytes;
    }

    /** Computes the check of a buffer's readable bytes, without changing its indices; as an unsigned number. */
    public long of(ByteBuf frame) {
        return of(checksum(), frame, frame.readerIndex(), frame.readableBytes());
    }

    abstract Checksum checksum();

    static long of(Checksum checksum, ByteBuf frame, int index, int length) {
        checksum.reset();
        if (length == 0) {
            return checksum.getValue();
        }
        if (frame.hasArray()) {
            checksum.update(frame.array(), frame.arrayOffset() + index, length);
        } else if (frame.nioBufferCount() == 1) {
            checksum.update(frame.internalNioBuffer(index, length));
        } else {
            for (ByteBuffer part : frame.nioBuffers(index, length)) {
                checksum.update(part);
            }
        }
        return checksum.getValue();
    }
}
