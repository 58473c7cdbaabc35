package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.message.ChannelData;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One message of a channel's data through message, link, CRC and SLIP of the one end, then through those of the other; with the
 * acknowledgements. Nanoseconds a message, both ends together.
 */
public class LinkFrameBenchmark extends WriteBenchmark {
    private final Received atHost = new Received();
    private final Received atDevice = new Received();
    private final MemoryLine line = new MemoryLine(atHost, atDevice);

    /** The application. */
    static final class Received extends ChannelInboundHandlerAdapter {
        private long bytes;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf data = ((ChannelData) msg).take();
            bytes += data.readableBytes();
            data.release();
        }
    }

    /** Ends the session. */
    @TearDown
    public void tearDown() {
        line.close();
    }

    /** From host to device. */
    @Benchmark
    public long down() {
        send(line.host);
        return atDevice.bytes;
    }

    /** From device to host. */
    @Benchmark
    public long up() {
        send(line.device);
        return atHost.bytes;
    }

    private void send(Channel from) {
        ByteBuf data = ByteBufAllocator.DEFAULT.heapBuffer(size).writeBytes(bytes());
        from.pipeline().write(ChannelData.of(2, data), from.unsafe().voidPromise());
        from.pipeline().flush();
        line.carry();
    }
}
