package dev.uartnet.measure;

import io.netty.channel.ChannelHandlerContext;

/** Sends so many bytes of the pattern, as fast as the channel takes them. On the channel's event loop. */
final class PatternSender {
    private final Pattern pattern;
    private final long bytes;
    private long sent;

    PatternSender(Pattern pattern, long bytes) {
        this.pattern = pattern;
        this.bytes = bytes;
    }

    /** Writes while the channel is writable; returns whether all has been written. */
    boolean send(ChannelHandlerContext context) {
        while (sent < bytes && context.channel().isWritable()) {
            var piece = pattern.from(sent, bytes - sent);
            sent += piece.readableBytes();
            context.writeAndFlush(piece);
        }
        return sent == bytes;
    }
}
