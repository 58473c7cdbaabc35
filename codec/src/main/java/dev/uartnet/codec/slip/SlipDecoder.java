package dev.uartnet.codec.slip;

import dev.uartnet.codec.FrameDamaged;
import dev.uartnet.codec.FrameDamaged.Damage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ByteProcessor;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes, in chunks of any size, into SLIP frames (RFC 1055), one {@link ByteBuf} each.
 *
 * <p>A frame that is longer than the limit or wrongly escaped is dropped as a whole up to the next END, and reported as
 * {@link FrameDamaged}; so the decoder finds its way back after any garbage, and never holds more than one frame.
 * Empty frames are ignored.
 *
 * <p>States: COLLECTING (bytes go into the frame), ESCAPED (the next byte is escaped), SKIPPING (until END). The frame is the one
 * copy of a payload on its way in; everything above takes slices of it.
 */
public final class SlipDecoder extends ChannelInboundHandlerAdapter {
    private static final ByteProcessor PLAIN = value -> value != Slip.END && value != Slip.ESC;
    private static final ByteProcessor NOT_END = value -> value != Slip.END;
    private static final int FIRST_CAPACITY = 256;

    private enum State {
        COLLECTING,
        ESCAPED,
        SKIPPING
    }

    private final int maxFrameBytes;
    private State state = State.COLLECTING;
    private @Nullable ByteBuf frame;
    private long bytes;
    private boolean delivered;

    /**
     * Creates a decoder for one channel.
     *
     * @param maxFrameBytes the longest frame that is accepted, in decoded bytes, at least 1
     */
    public SlipDecoder(int maxFrameBytes) {
        if (maxFrameBytes < 1) {
            throw new IllegalArgumentException("maxFrameBytes must be at least 1: " + maxFrameBytes);
        }
        this.maxFrameBytes = maxFrameBytes;
    }

    /** Returns how many bytes have come in, of whatever kind. Event loop only. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf chunk)) {
            ctx.fireChannelRead(msg);
            return;
        }
        try {
            bytes += chunk.readableBytes();
            decode(ctx, chunk);
        } finally {
            chunk.release();
        }
    }

    private void decode(ChannelHandlerContext ctx, ByteBuf chunk) {
        int end = chunk.writerIndex();
        int from = chunk.readerIndex();
        while (from < end) {
            switch (state) {
                case COLLECTING -> {
                    int special = chunk.forEachByte(from, end - from, PLAIN);
                    int to = special < 0 ? end : special;
                    if (to > from) {
                        append(ctx, chunk, from, to - from);
                    }
                    from = to;
                    if (special >= 0) {
                        from++;
                        // append may have begun to skip: then END ends that, and ESC says nothing.
                        if (chunk.getByte(special) == Slip.END) {
                            finish(ctx);
                        } else if (state == State.COLLECTING) {
                            state = State.ESCAPED;
                        }
                    }
                }
                case ESCAPED -> {
                    byte value = chunk.getByte(from);
                    if (value == Slip.ESC_END || value == Slip.ESC_ESC) {
                        state = State.COLLECTING;
                        append(ctx, value == Slip.ESC_END ? Slip.END : Slip.ESC);
                        from++;
                    } else {
                        // The byte itself is looked at again: it may be the END of the broken frame.
                        drop(ctx, Damage.ESCAPE);
                    }
                }
                case SKIPPING -> {
                    int boundary = chunk.forEachByte(from, end - from, NOT_END);
                    if (boundary >= 0) {
                        state = State.COLLECTING;
                    }
                    from = boundary < 0 ? end : boundary + 1;
                }
            }
        }
    }

    private void append(ChannelHandlerContext ctx, ByteBuf chunk, int from, int length) {
        ByteBuf target = room(ctx, length);
        if (target != null) {
            target.writeBytes(chunk, from, length);
        }
    }

    private void append(ChannelHandlerContext ctx, byte value) {
        ByteBuf target = room(ctx, 1);
        if (target != null) {
            target.writeByte(value);
        }
    }

    private @Nullable ByteBuf room(ChannelHandlerContext ctx, int length) {
        ByteBuf target = frame;
        if (target == null) {
            if (length <= maxFrameBytes) {
                frame = target = ctx.alloc().heapBuffer(Math.min(FIRST_CAPACITY, maxFrameBytes), maxFrameBytes);
                return target;
            }
        } else if (length <= target.maxWritableBytes()) {
            return target;
        }
        drop(ctx, Damage.TOO_LONG);
        return null;
    }

    private void finish(ChannelHandlerContext ctx) {
        ByteBuf whole = frame;
        if (state == State.SKIPPING) {
            state = State.COLLECTING;
        } else if (whole != null) {
            frame = null;
            delivered = true;
            ctx.fireChannelRead(whole);
        }
    }

    private void drop(ChannelHandlerContext ctx, Damage damage) {
        release();
        state = State.SKIPPING;
        ctx.fireUserEventTriggered(new FrameDamaged(damage));
    }

    private void release() {
        ReferenceCountUtil.release(frame);
        frame = null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Part of a frame is nothing to those above: with autoRead off they still wait for what they asked for.
        if (!delivered && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
        delivered = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
        state = State.COLLECTING;
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        release();
    }
}
