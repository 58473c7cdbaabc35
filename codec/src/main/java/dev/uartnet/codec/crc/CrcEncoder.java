package dev.uartnet.codec.crc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.zip.Checksum;

/**
 * Puts the check behind each {@link ByteBuf} that is written: in its place if the frame belongs to nobody else and has room for it ({@link
 * CrcAlgorithm#bytes} behind its last byte), else in a copy.
 */
public final class CrcEncoder extends ChannelOutboundHandlerAdapter {
    private final CrcAlgorithm algorithm;
    private final Checksum checksum;

    /** Creates an encoder for one channel. */
    public CrcEncoder(CrcAlgorithm algorithm) {
        this.algorithm = algorithm;
        this.checksum = algorithm.checksum();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof ByteBuf frame)) {
            ctx.write(msg, promise);
            return;
        }
        long crc;
        ByteBuf whole;
        try {
            crc = CrcAlgorithm.of(checksum, frame, frame.readerIndex(), frame.readableBytes());
            whole = hasOwnRoom(frame) ? frame : copy(ctx, frame);
        } catch (Throwable t) {
            frame.release();
            throw t;
        }
        switch (algorithm) {
            case CRC_32 -> whole.writeInt((int) crc);
            case CRC_16_CCITT_FALSE -> whole.writeShort((int) crc);
        }
        ctx.write(whole, promise);
    }

    /** A derived buffer counts its own references, and says nothing of those to the memory that it shares. */
    private boolean hasOwnRoom(ByteBuf frame) {
        return frame.refCnt() == 1
                && frame.unwrap() == null
                && !frame.isReadOnly()
                && frame.maxFastWritableBytes() >= algorithm.bytes();
    }

    private ByteBuf copy(ChannelHandlerContext ctx, ByteBuf frame) {
        int length = frame.readableBytes() + algorithm.bytes();
        ByteBuf copy =
                ctx.alloc().heapBuffer(length, length).writeBytes(frame, frame.readerIndex(), frame.readableBytes());
        frame.release();
        return copy;
    }
}
