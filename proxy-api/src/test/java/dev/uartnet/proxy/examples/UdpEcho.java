package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyDatagramChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;

/** A UDP server at a port of the device that sends every datagram back. */
public final class UdpEcho {
    private UdpEcho() {}

    /** Serves until its channel is closed; port 0 is any free one. */
    public static ChannelFuture serve(ProxyClient device, EventLoopGroup anyGroup, int port) {
        return new Bootstrap()
                .group(anyGroup)
                .channelFactory(() -> new ProxyDatagramChannel(device))
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        context.writeAndFlush(
                                new DatagramPacket(packet.content().retain(), packet.sender()));
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        System.err.println(cause.getMessage()); // such as "No route to host (device: EHOSTUNREACH ...)"
                    }
                })
                .bind(port);
    }
}
