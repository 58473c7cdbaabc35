package dev.uartnet.benchmarks.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * A write of an application, one frame long, through its proxied socket and all codecs of the host and through those of a device, and the same the other
 * way; beside four plain copies. Nanoseconds a write, both ends together.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {EventLoopThread.CUSTOM, EventLoopThread.CLASS, EventLoopThread.NO_LEAK_SAMPLING})
public class StreamBenchmark {
    /** Bytes of a write. */
    @Param({"32", "1000"})
    public int size;

    private @Nullable StreamPipeline pipeline;
    private byte[] bytes = {};

    /** Opens the connection, on the thread that is its event loop. */
    @Setup
    public void setUp() {
        pipeline = new StreamPipeline();
        bytes = new byte[size];
        new Random(1).nextBytes(bytes);
    }

    /** Closes it. */
    @TearDown
    public void tearDown() {
        pipeline.close();
    }

    /** The reference. */
    @Benchmark
    public int copies() {
        int sum = 0;
        for (int i = 0; i < 4; i++) {
            ByteBuf copy = ByteBufAllocator.DEFAULT.heapBuffer(size).writeBytes(bytes);
            sum += copy.readableBytes();
            copy.release();
        }
        return sum;
    }

    /** From the application to the device. */
    @Benchmark
    public long down() {
        return pipeline.down(bytes);
    }

    /** From the device to the application. */
    @Benchmark
    public long up() {
        return pipeline.up(bytes);
    }
}
