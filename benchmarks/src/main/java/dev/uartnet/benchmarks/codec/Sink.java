package dev.uartnet.benchmarks.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** The end of a pipeline, at either side of it: counts what comes and lets it go. */
final class Sink extends ChannelDuplexHandler {
    private long bytes;

    long bytes() {
        return bytes;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        take((ByteBuf) msg);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        take((ByteBuf) msg);
    }

    private void take(ByteBuf buffer) {
        bytes += buffer.readableBytes();
        buffer.release();
    }
}
