package dev.uartnet.benchmarks.codec;

import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.slip.SlipDecoder;
import dev.uartnet.codec.slip.SlipEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PreferHeapByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One frame through SLIP and CRC, each way, from handler to handler; beside a plain copy of its bytes and a plain loop over them. Nanoseconds a
 * frame: a frame of 1,024 bytes in 1,024 ns is 1 GB/s.
 */
public class FrameBenchmark extends CodecBenchmark {
    private static final byte END = (byte) 0xC0;
    private static final byte ESC = (byte) 0xDB;

    /** Bytes of a frame. */
    @Param({"32", "1024"})
    public int size;

    /** Random data has a byte to escape in 128; the same without them has none. */
    @Param({"random", "plain"})
    public String data;

    /** What the transport wants: arrays (jSerialComm) or direct memory (epoll). */
    @Param({"heap", "direct"})
    public String memory;

    private final Sink line = new Sink();
    private final Sink application = new Sink();
    private final EmbeddedChannel down =
            new EmbeddedChannel(line, new SlipEncoder(), new CrcEncoder(CrcAlgorithm.CRC_32));
    private final EmbeddedChannel up =
            new EmbeddedChannel(new SlipDecoder(16_392), new CrcDecoder(CrcAlgorithm.CRC_32), application);
    private final ChannelPromise nobody = down.voidPromise();
    private ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
    private byte[] bytes = {};
    private byte[] out = {};
    private ByteBuf wire = alloc.buffer();

    /** Encodes the frame once. */
    @Setup
    public void setUp() {
        if (memory.equals("heap")) {
            alloc = new PreferHeapByteBufAllocator(alloc);
        }
        down.config().setAllocator(alloc);
        up.config().setAllocator(alloc);
        bytes = new byte[size];
        out = new byte[2 * size + 2];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < size; i++) {
            if (data.equals("plain") && (bytes[i] == END || bytes[i] == ESC)) {
                bytes[i] = 0;
            }
        }
        EmbeddedChannel once = new EmbeddedChannel(new SlipEncoder(), new CrcEncoder(CrcAlgorithm.CRC_32));
        once.config().setAllocator(alloc);
        once.writeOutbound(frame());
        wire.release();
        wire = once.readOutbound();
    }

    /** Ends what was opened. */
    @TearDown
    public void tearDown() {
        wire.release();
        down.finishAndReleaseAll();
        up.finishAndReleaseAll();
    }

    /** As the link makes one: with room for the check. */
    private ByteBuf frame() {
        return alloc.heapBuffer(size + 4, size + 4).writeBytes(bytes);
    }

    /** The reference for {@link #encode}, and its first step. */
    @Benchmark
    public int copy() {
        ByteBuf copy = frame();
        int length = copy.readableBytes();
        copy.release();
        return length;
    }

    /** The other reference: SLIP as a loop over arrays, a byte at a time, without any check. */
    @Benchmark
    public int byteLoop() {
        int at = 0;
        out[at++] = END;
        for (byte value : bytes) {
            if (value == END) {
                out[at++] = ESC;
                out[at++] = (byte) 0xDC;
            } else if (value == ESC) {
                out[at++] = ESC;
                out[at++] = (byte) 0xDD;
            } else {
                out[at++] = value;
            }
        }
        return at;
    }

    /** From a frame, which is made first, to the line's bytes. */
    @Benchmark
    public long encode() {
        down.pipeline().write(frame(), nobody);
        return line.bytes();
    }

    /** From the line's bytes to a frame. */
    @Benchmark
    public long decode() {
        up.pipeline().fireChannelRead(wire.retain());
        return application.bytes();
    }
}
