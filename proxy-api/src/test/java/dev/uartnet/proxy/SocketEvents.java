package dev.uartnet.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** What has happened on a channel, in order; bytes by their number. Passes on what a bootstrap's own handlers need. */
@ChannelHandler.Sharable
final class SocketEvents extends ChannelInboundHandlerAdapter {
    final BlockingQueue<String> all = new LinkedTransferQueue<>();

    String next() throws InterruptedException {
        String event = all.poll(20, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        all.add("registered");
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        all.add("active");
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Channel) {
            all.add("accepted");
            ctx.fireChannelRead(msg);
        } else {
            all.add("read " + ((ByteBuf) msg).readableBytes());
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        all.add(
                event == ChannelInputShutdownEvent.INSTANCE
                        ? "input shut down"
                        : event == ChannelInputShutdownReadComplete.INSTANCE ? "input read" : event.toString());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        all.add("exception " + cause.getMessage());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        all.add("inactive");
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        all.add("unregistered");
    }
}
