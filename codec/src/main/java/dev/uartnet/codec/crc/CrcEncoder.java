package dev.uartnet.codec.crc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.zip.Checksum;

/** Puts the check behind each {@link ByteBuf} that is written, without copying it. */
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
        long crc = CrcAlgorithm.of(checksum, frame, frame.readerIndex(), frame.readableBytes());
        ByteBuf check = ctx.alloc().heapBuffer(algorithm.bytes(), algorithm.bytes());
        switch (algorithm) {
            case CRC_32 -> check.writeInt((int) crc);
            case CRC_16_CCITT_FALSE -> check.writeShort((int) crc);
        }
        CompositeByteBuf whole = frame instanceof CompositeByteBuf composite && composite.refCnt() == 1
                ? composite
                : ctx.alloc().compositeHeapBuffer().addComponent(true, frame);
        ctx.write(whole.addComponent(true, check), promise);
    }
}
