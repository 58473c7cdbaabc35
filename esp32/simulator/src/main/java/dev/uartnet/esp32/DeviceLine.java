package dev.uartnet.esp32;

import dev.uartnet.codec.EndpointPipeline;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.transport.UartChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.function.Supplier;

/** One line of a device, through all its lives: puts the firmware's handlers into the channel's pipeline, and takes them out. */
final class DeviceLine {
    private static final List<String> HANDLERS =
            List.of("device", "message", "link", "crc-decoder", "crc-encoder", "slip-decoder", "slip-encoder");
    private static final String HALTED = "halted";

    /** While no firmware runs, nobody reads. */
    private static final class Halted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
        }
    }

    private final Channel channel;
    private final LinkConfig link;
    private final int maxBaudRate;
    private final Board board;
    private final Supplier<ChannelHandler> device;
    private final int ownBaudRate;

    /**
     * @param maxBaudRate what hosts may raise the line's speed to
     * @param device makes the handler behind the link
     */
    DeviceLine(Channel channel, LinkConfig link, int maxBaudRate, Board board, Supplier<ChannelHandler> device) {
        this.channel = channel;
        this.link = link;
        this.maxBaudRate = maxBaudRate;
        this.board = board;
        this.device = device;
        // Its own speed is the one that the port has when it comes.
        ownBaudRate = channel instanceof UartChannel uart
                ? uart.config().getSettings().baudRate()
                : link.baudRate();
    }

    /** The firmware starts. On the channel's event loop. */
    void boot() {
        // Little waits in front of the link, so that an answer overtakes the data of a transfer.
        int frame = link.maxFrameBytes();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(2 * frame, 4 * frame));
        ChannelPipeline pipeline = channel.pipeline();
        int bootId = board.boot().id();
        if (channel instanceof UartChannel uart) {
            UartSpeed speed = maxBaudRate > ownBaudRate ? new UartSpeed(uart, maxBaudRate) : null;
            EndpointPipeline.addDevice(pipeline, link.withBaudRate(ownBaudRate), bootId, speed);
        } else {
            EndpointPipeline.addDevice(pipeline, link, bootId);
        }
        pipeline.addLast("device", device.get());
        if (pipeline.get(HALTED) != null) {
            pipeline.remove(HALTED);
        }
    }

    /** Begins to start the firmware again, after {@link #halt}. */
    Future<?> restart() {
        return channel.eventLoop().submit(() -> {
            if (channel.isOpen() && channel.pipeline().get(HALTED) != null) {
                boot();
            }
        });
    }

    /** Begins to stop the firmware, without a word to the host. */
    Future<?> halt() {
        return channel.eventLoop().submit(() -> {
            ChannelPipeline pipeline = channel.pipeline();
            if (channel.isOpen() && pipeline.get(HALTED) == null) {
                pipeline.addLast(HALTED, new Halted());
                for (String handler : HANDLERS) {
                    pipeline.remove(handler);
                }
            }
        });
    }
}
