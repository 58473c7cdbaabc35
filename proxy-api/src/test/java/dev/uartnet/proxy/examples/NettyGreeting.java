package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxySocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;

/** A Netty application: a bootstrap whose sockets are the device's. */
public final class NettyGreeting {
    private NettyGreeting() {}

    /** Connects, says hello, prints what comes back. */
    public static ChannelFuture greet(ProxyClient device, EventLoopGroup anyGroup, String host, int port) {
        return new Bootstrap()
                .group(anyGroup)
                .channelFactory(() -> new ProxySocketChannel(device))
                .resolver(device.resolver())
                .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        context.writeAndFlush(Unpooled.copiedBuffer("hello\n", StandardCharsets.US_ASCII));
                    }

                    @Override
                    protected void channelRead0(ChannelHandlerContext context, ByteBuf answer) {
                        System.out.print(answer.toString(StandardCharsets.US_ASCII));
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        System.err.println(cause.getMessage()); // such as "the link to the device is lost ..."
                        context.close();
                    }
                })
                .connect(host, port);
    }
}
