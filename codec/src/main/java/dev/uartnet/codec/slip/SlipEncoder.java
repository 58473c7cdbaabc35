package dev.uartnet.codec.slip;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Writes each {@link ByteBuf} as one SLIP frame (RFC 1055): END, the escaped bytes, END. The leading END costs one byte and
 * makes noise before the frame harmless.
 *
 * <p>The frame is escaped in an array of the encoder's own and then copied, in one go, into a buffer that fits it exactly. That one comes from
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
            int length = escape(frame);
            wire = ctx.alloc().ioBuffer(length, length).writeBytes(escaped, 0, length);
            bytes += length;
        } finally {
            frame.release();
        }
        ctx.write(wire, promise);
    }

    /** Puts the frame's SLIP form into {@link #escaped}. Returns its length. */
    private int escape(ByteBuf frame) {
        int length = frame.readableBytes();
        if (escaped.length < 2 * length + 2) {
            escaped = new byte[2 * length + 2];
        }
        if (frame.hasArray()) {
            return escape(frame.array(), frame.arrayOffset() + frame.readerIndex(), length, escaped);
        }
        if (plain.length < length) {
            plain = new byte[length];
        }
        frame.getBytes(frame.readerIndex(), plain, 0, length);
        return escape(plain, 0, length, escaped);
    }

    private static int escape(byte[] frame, int offset, int length, byte[] out) {
        int from = offset;
        int end = offset + length;
        int at = 0;
        out[at++] = Slip.END;
        while (true) {
            int special = SpecialBytes.first(frame, from, end);
            System.arraycopy(frame, from, out, at, special - from);
            at += special - from;
            if (special == end) {
                break;
            }
            out[at++] = Slip.ESC;
            out[at++] = frame[special] == Slip.END ? Slip.ESC_END : Slip.ESC_ESC;
            from = special + 1;
        }
        out[at++] = Slip.END;
        return at;
    }
}
