package dev.uartnet.codec.slip;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import io.netty.util.ByteProcessor;

/**
 * Writes each {@link ByteBuf} as one SLIP frame (RFC 1055): END, the escaped bytes, END. The leading END costs one byte and
 * makes noise before the frame harmless.
 *
 * <p>The escaped copy is the one copy of a payload on its way out. It is a heap buffer, since serial ports take arrays.
 */
public final class SlipEncoder extends MessageToByteEncoder<ByteBuf> {
    private static final ByteProcessor PLAIN = value -> value != Slip.END && value != Slip.ESC;

    private long bytes;

    /** Creates an encoder for one channel. */
    public SlipEncoder() {
        super(ByteBuf.class, false);
    }

    /** Returns how many bytes have gone out. Event loop only. */
    public long bytes() {
        return bytes;
    }

    @Override
    protected ByteBuf allocateBuffer(ChannelHandlerContext ctx, ByteBuf frame, boolean preferDirect) {
        // Random data has a special byte in 128: room for twice as many, more makes the buffer grow.
        int length = frame.readableBytes();
        return ctx.alloc().heapBuffer(length + (length >> 6) + 16);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, ByteBuf frame, ByteBuf out) {
        out.writeByte(Slip.END);
        int end = frame.writerIndex();
        int from = frame.readerIndex();
        while (from < end) {
            int special = frame.forEachByte(from, end - from, PLAIN);
            int to = special < 0 ? end : special;
            out.writeBytes(frame, from, to - from);
            from = to;
            if (special >= 0) {
                out.writeByte(Slip.ESC);
                out.writeByte(frame.getByte(special) == Slip.END ? Slip.ESC_END : Slip.ESC_ESC);
                from++;
            }
        }
        out.writeByte(Slip.END);
        frame.readerIndex(end);
        bytes += out.readableBytes();
    }
}
