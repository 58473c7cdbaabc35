package dev.uartnet.codec.crc;

import dev.uartnet.codec.FrameDamaged;
import dev.uartnet.codec.FrameDamaged.Damage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.zip.Checksum;

/**
 * Checks each {@link ByteBuf} that comes in and takes the check off. A frame that is damaged or too short is dropped and
 * reported as {@link FrameDamaged}.
 */
public final class CrcDecoder extends ChannelInboundHandlerAdapter {
    private final CrcAlgorithm algorithm;
    private final Checksum checksum;
    private boolean dropped;
    private boolean delivered;

    /** Creates a decoder for one channel. */
    public CrcDecoder(CrcAlgorithm algorithm) {
        this.algorithm = algorithm;
        this.checksum = algorithm.checksum();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf frame)) {
            ctx.fireChannelRead(msg);
            return;
        }
        int length = frame.readableBytes() - algorithm.bytes();
        if (length < 0) {
            drop(ctx, frame, Damage.TOO_SHORT);
            return;
        }
        int at = frame.readerIndex() + length;
        long sent = algorithm == CrcAlgorithm.CRC_32 ? frame.getUnsignedInt(at) : frame.getUnsignedShort(at);
        if (sent != CrcAlgorithm.of(checksum, frame, frame.readerIndex(), length)) {
            drop(ctx, frame, Damage.CHECK);
            return;
        }
        delivered = true;
        ctx.fireChannelRead(frame.writerIndex(at));
    }

    private void drop(ChannelHandlerContext ctx, ByteBuf frame, Damage damage) {
        frame.release();
        dropped = true;
        ctx.fireUserEventTriggered(new FrameDamaged(damage));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // With autoRead off, who asked for a frame still waits for one.
        if (dropped && !delivered && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
        dropped = false;
        delivered = false;
        ctx.fireChannelReadComplete();
    }
}
