package dev.uartnet.benchmarks.codec;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A write of an application, one frame long, through its proxied socket and all codecs of the host and through those of a device, and the same the other
 * way. Nanoseconds a write, both ends together.
 */
public class StreamBenchmark extends WriteBenchmark {
    private @Nullable StreamPipeline pipeline;

    /** Opens the connection, on the thread that is its event loop. */
    @Setup
    public void setUp() {
        pipeline = new StreamPipeline();
    }

    /** Closes it. */
    @TearDown
    public void tearDown() {
        pipeline.close();
    }

    /** From the application to the device. */
    @Benchmark
    public long down() {
        return pipeline.down(bytes());
    }

    /** From the device to the application. */
    @Benchmark
    public long up() {
        return pipeline.up(bytes());
    }
}
