package dev.uartnet.transport.examples;

import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartChannelOption;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;

/** Answers each line that comes in at a serial port: {@code UartEcho /dev/ttyUSB0}. */
public final class UartEcho {
    private UartEcho() {}

    public static void main(String[] arguments) throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            open(group, arguments[0]).closeFuture().sync(); // ends when the port is unplugged
        } finally {
            group.shutdownGracefully();
        }
    }

    /** Opens the port and starts to answer. */
    static Channel open(EventLoopGroup group, String portName) throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channel(UartChannel.class)
                .option(UartChannelOption.BAUD_RATE, 921_600)
                .handler(new ChannelInitializer<UartChannel>() {
                    @Override
                    protected void initChannel(UartChannel channel) {
                        channel.pipeline()
                                .addLast(new LineBasedFrameDecoder(1024))
                                .addLast(new StringDecoder())
                                .addLast(new StringEncoder())
                                .addLast(new Answer());
                    }
                })
                .connect(new UartAddress(portName))
                .sync()
                .channel();
    }

    private static final class Answer extends SimpleChannelInboundHandler<String> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, String line) {
            context.writeAndFlush("you said: " + line + "\n");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.err.println(cause.getMessage()); // such as "/dev/ttyUSB0 is gone ..."
            context.close();
        }
    }
}
