package dev.uartnet.measure;

import io.netty.channel.ChannelHandlerContext;

/** Sends so many bytes of the pattern, as fast as the channel takes them. On the channel's event loop. */
final class PatternSender {
    private static final int PIECE_BYTES = 16_384;

    private final long start;
    private final long bytes;
    private long sent;

    PatternSender(long start, long bytes) {
        this.start = start;
        this.bytes = bytes;
    }

    /** Writes while the channel is writable; returns whether all has been written. */
    boolean send(ChannelHandlerContext context) {
        while (sent < bytes && context.channel().isWritable()) {
            var piece = Pattern.from(start + sent, Math.min(PIECE_BYTES, bytes - sent));
            sent += piece.readableBytes();
            context.writeAndFlush(piece);
        }
        return sent == bytes;
    }
}
