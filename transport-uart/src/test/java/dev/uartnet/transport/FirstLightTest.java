package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.transport.pty.PseudoTerminal;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FirstLightTest {
    @Test
    void roundTrip() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        LinkedBlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (PseudoTerminal pty = PseudoTerminal.open()) {
            Channel host = new Bootstrap()
                    .group(group)
                    .channel(UartChannel.class)
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf msg) {
                            got.add(msg.toString(StandardCharsets.US_ASCII));
                        }
                    })
                    .connect(new UartAddress(pty.slavePath()))
                    .sync()
                    .channel();
            Channel device = new Bootstrap()
                    .group(group)
                    .channelFactory(() -> new UartChannel(pty.masterPort()))
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf msg) {
                            ctx.writeAndFlush(msg.retain());
                        }
                    })
                    .connect(new UartAddress("master"))
                    .sync()
                    .channel();
            host.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII))
                    .sync();
            assertThat(got.poll(5, TimeUnit.SECONDS)).isEqualTo("hello");
            host.close().sync();
            device.close().sync();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
