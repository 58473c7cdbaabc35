package dev.uartnet.codec.slip;

import dev.uartnet.codec.FrameDamaged;
import dev.uartnet.codec.FrameDamaged.Damage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Turns bytes, in chunks of any size, into SLIP frames (RFC 1055), one {@link ByteBuf} with an array each.
 *
 * <p>A frame that is longer than the limit or wrongly escaped is dropped as a whole up to the next END, and reported as
 * {@link FrameDamaged}; so the decoder finds its way back after any garbage, and never holds more than one frame.
 * Empty frames are ignored.
 *
 * <p>States: COLLECTING (bytes go into the frame), ESCAPED (the next byte is escaped), SKIPPING (until END). A frame is collected in an array
 * of the decoder's own, unless a chunk holds it whole and unescaped; its buffer, allocated when the frame is whole, fits it exactly. Everything
 * above takes slices of that.
 */
public final class SlipDecoder extends ChannelInboundHandlerAdapter {
    private static final int FIRST_CAPACITY = 256;
    /** Chunks without an array are looked at in pieces of so many bytes. */
    private static final int PIECE_BYTES = 4_096;

    private static final byte[] NONE = {};

    private enum State {
        COLLECTING,
        ESCAPED,
        SKIPPING
    }

    private final int maxFrameBytes;
    private State state = State.COLLECTING;
    private byte[] frame = NONE;
    private int length;
    private byte[] piece = NONE;
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
            if (chunk.hasArray()) {
                int from = chunk.arrayOffset() + chunk.readerIndex();
                decode(ctx, chunk.array(), from, from + chunk.readableBytes());
            } else {
                decodePieces(ctx, chunk);
            }
        } finally {
            chunk.release();
        }
    }

    private void decodePieces(ChannelHandlerContext ctx, ByteBuf chunk) {
        if (piece.length == 0) {
            piece = new byte[PIECE_BYTES];
        }
        int end = chunk.writerIndex();
        for (int from = chunk.readerIndex(); from < end; from += PIECE_BYTES) {
            int count = Math.min(PIECE_BYTES, end - from);
            chunk.getBytes(from, piece, 0, count);
            decode(ctx, piece, 0, count);
        }
    }

    private void decode(ChannelHandlerContext ctx, byte[] chunk, int start, int end) {
        int from = start;
        while (from < end) {
            switch (state) {
                case COLLECTING -> {
                    int special = SpecialBytes.first(chunk, from, end);
                    if (special == end) {
                        collect(ctx, chunk, from, end - from);
                    } else if (chunk[special] == Slip.END) {
                        finish(ctx, chunk, from, special - from);
                    } else if (collect(ctx, chunk, from, special - from)) {
                        state = State.ESCAPED;
                    }
                    from = special + 1;
                }
                case ESCAPED -> {
                    byte value = chunk[from];
                    if (value == Slip.ESC_END || value == Slip.ESC_ESC) {
                        state = State.COLLECTING;
                        collect(ctx, value == Slip.ESC_END ? Slip.END : Slip.ESC);
                        from++;
                    } else {
                        // The byte itself is looked at again: it may be the END of the broken frame.
                        drop(ctx, Damage.ESCAPE);
                    }
                }
                case SKIPPING -> {
                    while (from < end && state == State.SKIPPING) {
                        if (chunk[from++] == Slip.END) {
                            state = State.COLLECTING;
                        }
                    }
                }
            }
        }
    }

    /** Adds bytes to the frame. Returns false if that makes it too long. */
    private boolean collect(ChannelHandlerContext ctx, byte[] chunk, int from, int count) {
        if (count > maxFrameBytes - length) {
            drop(ctx, Damage.TOO_LONG);
            return false;
        }
        makeRoom(count);
        System.arraycopy(chunk, from, frame, length, count);
        length += count;
        return true;
    }

    private void collect(ChannelHandlerContext ctx, byte value) {
        if (length == maxFrameBytes) {
            drop(ctx, Damage.TOO_LONG);
            return;
        }
        makeRoom(1);
        frame[length++] = value;
    }

    private void makeRoom(int count) {
        int needed = length + count;
        if (needed > frame.length) {
            byte[] larger = new byte[Math.min(maxFrameBytes, Math.max(FIRST_CAPACITY, 2 * needed))];
            System.arraycopy(frame, 0, larger, 0, length);
            frame = larger;
        }
    }

    /** These bytes are the rest of the frame. */
    private void finish(ChannelHandlerContext ctx, byte[] chunk, int from, int count) {
        if (count > maxFrameBytes - length) {
            drop(ctx, Damage.TOO_LONG);
            state = State.COLLECTING; // END, which skipping waits for, has come
            return;
        }
        int whole = length + count;
        if (whole == 0) {
            return;
        }
        ByteBuf out = ctx.alloc().heapBuffer(whole, whole);
        out.writeBytes(frame, 0, length).writeBytes(chunk, from, count);
        length = 0;
        delivered = true;
        ctx.fireChannelRead(out);
    }

    private void drop(ChannelHandlerContext ctx, Damage damage) {
        length = 0;
        state = State.SKIPPING;
        ctx.fireUserEventTriggered(new FrameDamaged(damage));
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
        length = 0;
        state = State.COLLECTING;
        ctx.fireChannelInactive();
    }
}
