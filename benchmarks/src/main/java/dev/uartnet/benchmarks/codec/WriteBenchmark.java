package dev.uartnet.benchmarks.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A write that passes all codecs of both ends; beside four plain copies of its bytes, which is what there is of them. */
public abstract class WriteBenchmark extends CodecBenchmark {
    private static final int COPIES = 4;

    /** Bytes of a write. */
    @Param({"32", "1000"})
    public int size;

    private byte[] bytes = {};

    WriteBenchmark() {}

    /** Makes the data. */
    @Setup
    public void makeBytes() {
        bytes = new byte[size];
        new Random(1).nextBytes(bytes);
    }

    /** Returns what is written. */
    byte[] bytes() {
        return bytes;
    }

    /** The reference. */
    @Benchmark
    public int copies() {
        int sum = 0;
        for (int i = 0; i < COPIES; i++) {
            ByteBuf copy = ByteBufAllocator.DEFAULT.heapBuffer(size).writeBytes(bytes);
            sum += copy.readableBytes();
            copy.release();
        }
        return sum;
    }
}
