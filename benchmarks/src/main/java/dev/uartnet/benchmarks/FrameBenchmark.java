package dev.uartnet.benchmarks;

import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.slip.SlipDecoder;
import dev.uartnet.codec.slip.SlipEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
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
 * One frame through SLIP and CRC in an embedded channel, each way, beside a plain copy of its bytes as the reference: frames
 * a second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {
    /** Bytes of a frame. */
    @Param({"32", "1024"})
    public int size;

    /** Random data has a byte to escape in 128; zeros have none. */
    @Param({"random", "zeros"})
    public String data;

    private final EmbeddedChannel down = new EmbeddedChannel(new SlipEncoder(), new CrcEncoder(CrcAlgorithm.CRC_32));
    private final EmbeddedChannel up =
            new EmbeddedChannel(new SlipDecoder(16_392), new CrcDecoder(CrcAlgorithm.CRC_32));
    private ByteBuf frame = PooledByteBufAllocator.DEFAULT.heapBuffer();
    private ByteBuf wire = PooledByteBufAllocator.DEFAULT.heapBuffer();

    @Setup
    public void setUp() {
        byte[] bytes = new byte[size];
        if (data.equals("random")) {
            new Random(1).nextBytes(bytes);
        }
        frame.clear().writeBytes(bytes);
        down.writeOutbound(frame.retainedDuplicate());
        ByteBuf encoded = down.readOutbound();
        wire.clear().writeBytes(encoded);
        encoded.release();
    }

    @TearDown
    public void tearDown() {
        frame.release();
        wire.release();
        down.finishAndReleaseAll();
        up.finishAndReleaseAll();
    }

    /** The reference. */
    @Benchmark
    public int copy() {
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.heapBuffer(size).writeBytes(frame, 0, size);
        int length = copy.readableBytes();
        copy.release();
        return length;
    }

    /** From a frame to the line's bytes. */
    @Benchmark
    public int encode() {
        down.writeOutbound(frame.retainedDuplicate());
        return release(down.readOutbound());
    }

    /** From the line's bytes to a frame. */
    @Benchmark
    public int decode() {
        up.writeInbound(wire.retainedDuplicate());
        return release(up.readInbound());
    }

    private static int release(ByteBuf buffer) {
        int length = buffer.readableBytes();
        buffer.release();
        return length;
    }
}
