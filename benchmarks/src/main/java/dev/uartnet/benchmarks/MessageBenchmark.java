package dev.uartnet.benchmarks;

import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.MessageDecoder;
import dev.uartnet.codec.message.MessageEncoder;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
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

/** A message to its payload and back: messages a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MessageBenchmark {
    /** A small request, or a channel's data of 1,024 bytes. */
    @Param({"ping", "data"})
    public String message;

    private final MessageEncoder encoder = new MessageEncoder();
    private final MessageDecoder decoder = new MessageDecoder();
    private Message value = new Request(7, Operation.PING, 1_000, List.of());
    private ByteBuf payload = PooledByteBufAllocator.DEFAULT.heapBuffer();

    @Setup
    public void setUp() {
        if (message.equals("data")) {
            value = new ChannelData(
                    2, PooledByteBufAllocator.DEFAULT.heapBuffer(1_024).writeZero(1_024));
        }
        ByteBuf encoded = encoder.encode(PooledByteBufAllocator.DEFAULT, value);
        payload.clear().writeBytes(encoded);
        encoded.release();
    }

    @TearDown
    public void tearDown() {
        ReferenceCountUtil.release(value);
        payload.release();
    }

    /** To the payload. */
    @Benchmark
    public int encode() {
        ByteBuf encoded = encoder.encode(PooledByteBufAllocator.DEFAULT, value);
        int length = encoded.readableBytes();
        encoded.release();
        return length;
    }

    /** And back. */
    @Benchmark
    public Object decode() {
        payload.readerIndex(0); // the bytes of a channel are the payload itself, read up to there
        Message decoded = decoder.decode(payload);
        ReferenceCountUtil.release(decoded);
        return decoded;
    }
}
