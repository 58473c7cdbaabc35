package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a client's line has brought since it was put there. */
final class LineCounter extends ChannelInboundHandlerAdapter {
    private final AtomicLong bytes = new AtomicLong();

    static LineCounter of(ProxyClient client) {
        LineCounter counter = new LineCounter();
        client.channel().pipeline().addFirst(counter);
        return counter;
    }

    long bytes() {
        return bytes.get();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        bytes.addAndGet(((ByteBuf) msg).readableBytes());
        ctx.fireChannelRead(msg);
    }
}
