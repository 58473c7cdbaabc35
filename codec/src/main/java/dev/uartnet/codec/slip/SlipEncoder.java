package dev.uartnet.codec.slip;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Writes each {@link ByteBuf} as one SLIP frame (RFC 1055): END, the escaped bytes, END. The leading END costs one byte and
 * makes noise before the frame harmless.
 *
 * <p>A frame with something to escape is escaped in an array of the encoder's own and then copied, in one go, into a buffer that fits it exactly; another goes there at once. That one comes from
 * {@link io.netty.buffer.ByteBufAllocator#ioBuffer}: the channel's allocator says whether the transport wants arrays or direct memory.
 */
public final class SlipEncoder extends ChannelOutboundHandlerAdapter {
    private static final byte[] NONE = {};

    private byte[] plain = NONE;
    private byte[] escaped = NONE;
    private long bytes;

    /** Creates an encoder for one channel. */
    public SlipEncoder() {}

    /** Returns how many bytes have gone out. Event loop only. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof ByteBuf frame)) {
            ctx.write(msg, promise);
            return;
        }
        ByteBuf wire;
        try {
            wire = wire(ctx.alloc(), frame);
            bytes += wire.readableBytes();
        } finally {
            frame.release();
        }
        ctx.write(wire, promise);
    }

    private ByteBuf wire(ByteBufAllocator alloc, ByteBuf frame) {
        int length = frame.readableBytes();
        byte[] array = plain;
        int offset = 0;
        if (frame.hasArray()) {
            array = frame.array();
            offset = frame.arrayOffset() + frame.readerIndex();
        } else {
            if (array.length < length) {
                array = plain = new byte[length];
            }
            frame.getBytes(frame.readerIndex(), array, 0, length);
        }
        int special = SpecialBytes.first(array, offset, offset + length);
        if (special == offset + length) {
            return alloc.ioBuffer(length + 2, length + 2)
                    .writeByte(Slip.END)
                    .writeBytes(array, offset, length)
                    .writeByte(Slip.END);
        }
        if (escaped.length < 2 * length + 2) {
            escaped = new byte[2 * length + 2];
        }
        int whole = escape(array, offset, special, length, escaped);
        return alloc.ioBuffer(whole, whole).writeBytes(escaped, 0, whole);
    }

    /** Puts the frame's SLIP form into {@code out}. Returns its length. */
    private static int escape(byte[] frame, int offset, int first, int length, byte[] out) {
        int from = offset;
        int end = offset + length;
        int special = first;
        int at = 0;
        out[at++] = Slip.END;
        while (true) {
            System.arraycopy(frame, from, out, at, special - from);
            at += special - from;
            if (special == end) {
                break;
            }
            out[at++] = Slip.ESC;
            out[at++] = frame[special] == Slip.END ? Slip.ESC_END : Slip.ESC_ESC;
            from = special + 1;
            special = SpecialBytes.first(frame, from, end);
        }
        out[at++] = Slip.END;
        return at;
    }
}
