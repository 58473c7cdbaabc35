package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.message.ChannelCredit;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.Message;
import dev.uartnet.codec.message.MessageDecoder;
import dev.uartnet.codec.message.MessageEncoder;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A message to its payload and back; beside a plain copy of 1,024 bytes. Nanoseconds a message. */
public class MessageBenchmark extends CodecBenchmark {
    private static final ByteBufAllocator ALLOC = ByteBufAllocator.DEFAULT;

    /** A small request, a channel's data of 1,024 bytes, or its credit. */
    @Param({"ping", "data", "credit"})
    public String message;

    private final MessageEncoder encoder = new MessageEncoder();
    private final MessageDecoder decoder = new MessageDecoder();
    private final byte[] bytes = new byte[1_024];
    private Message value = new Request(7, Operation.PING, 1_000, List.of());
    private ByteBuf payload = ALLOC.heapBuffer();

    /** Encodes the message once. */
    @Setup
    public void setUp() {
        switch (message) {
            case "data" -> value = new ChannelData(2, ALLOC.heapBuffer(1_024).writeBytes(bytes));
            case "credit" -> value = new ChannelCredit(2, 16_384);
            default -> {}
        }
        payload.release();
        payload = encoder.encode(ALLOC, value);
    }

    /** Releases it. */
    @TearDown
    public void tearDown() {
        ReferenceCountUtil.release(value);
        payload.release();
    }

    /** The reference. */
    @Benchmark
    public int copy() {
        ByteBuf copy = ALLOC.heapBuffer(1_024).writeBytes(bytes);
        int length = copy.readableBytes();
        copy.release();
        return length;
    }

    /** To the payload. */
    @Benchmark
    public int encode() {
        ByteBuf encoded = encoder.encode(ALLOC, value);
        int length = encoded.readableBytes();
        encoded.release();
        return length;
    }

    /** And back. */
    @Benchmark
    public boolean decode() {
        payload.readerIndex(0); // the bytes of a channel are the payload itself, read up to there
        return ReferenceCountUtil.release(decoder.decode(payload));
    }
}
