package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.message.ChannelData;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One message of a channel's data through message, link, CRC and SLIP of the one end, then through those of the other; with the
 * acknowledgements. Beside four plain copies of its bytes, which is what there is of them. Nanoseconds a message, both ends together.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {EventLoopThread.CUSTOM, EventLoopThread.CLASS, EventLoopThread.NO_LEAK_SAMPLING})
public class LinkFrameBenchmark {
    /** Bytes of a message's data. */
    @Param({"32", "1000"})
    public int size;

    private final Received atHost = new Received();
    private final Received atDevice = new Received();
    private final MemoryLine line = new MemoryLine(atHost, atDevice);
    private final ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
    private byte[] bytes = {};

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

    /** Makes the data. */
    @Setup
    public void setUp() {
        bytes = new byte[size];
        new Random(1).nextBytes(bytes);
    }

    /** Ends the session. */
    @TearDown
    public void tearDown() {
        line.close();
    }

    /** The reference. */
    @Benchmark
    public int copies() {
        int sum = 0;
        for (int i = 0; i < 4; i++) {
            ByteBuf copy = alloc.heapBuffer(size).writeBytes(bytes);
            sum += copy.readableBytes();
            copy.release();
        }
        return sum;
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
        ByteBuf data = alloc.heapBuffer(size).writeBytes(bytes);
        from.pipeline().write(ChannelData.of(2, data), from.unsafe().voidPromise());
        from.pipeline().flush();
        line.carry();
    }
}
