package dev.uartnet.codec.slip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.FrameDamaged;
import dev.uartnet.codec.FrameDamaged.Damage;
import dev.uartnet.codec.Vectors;
import dev.uartnet.codec.Vectors.Vector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlipTest {
    private static final int LIMIT = 64;

    private final List<Damage> damage = new ArrayList<>();

    static List<Vector> slip() {
        return Vectors.of("slip");
    }

    static List<Vector> lenient() {
        return Vectors.of("slip-lenient");
    }

    static List<Vector> bad() {
        return Vectors.of("slip-bad");
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    private EmbeddedChannel decoder(int limit) {
        return new EmbeddedChannel(new SlipDecoder(limit), new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                damage.add(((FrameDamaged) event).damage());
            }
        });
    }

    private static byte[] encode(byte[] frame) {
        EmbeddedChannel channel = new EmbeddedChannel(new SlipEncoder());
        channel.writeOutbound(Unpooled.wrappedBuffer(frame));
        ByteBuf wire = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(wire);
        wire.release();
        channel.finishAndReleaseAll();
        return bytes;
    }

    private static List<String> read(EmbeddedChannel channel) {
        List<String> frames = new ArrayList<>();
        for (ByteBuf frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            frames.add(ByteBufUtil.hexDump(frame));
            frame.release();
        }
        return frames;
    }

    private List<String> decode(byte[] wire, int limit, int... cuts) {
        EmbeddedChannel channel = decoder(limit);
        int from = 0;
        for (int cut : cuts) {
            channel.writeInbound(Unpooled.copiedBuffer(wire, from, cut - from));
            from = cut;
        }
        channel.writeInbound(Unpooled.copiedBuffer(wire, from, wire.length - from));
        List<String> frames = read(channel);
        channel.finishAndReleaseAll();
        return frames;
    }

    @ParameterizedTest
    @MethodSource("slip")
    void vectors(Vector vector) {
        assertThat(encode(vector.bytes(1))).isEqualTo(vector.bytes(2));
        assertThat(decode(vector.bytes(2), LIMIT)).containsExactly(vector.word(1));
        int[] everyByte = IntStream.range(1, vector.bytes(2).length).toArray();
        assertThat(decode(vector.bytes(2), LIMIT, everyByte)).containsExactly(vector.word(1));
        assertThat(damage).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("lenient")
    void lenientVectors(Vector vector) {
        List<String> expected = Arrays.asList(vector.word(1).split(","));
        assertThat(decode(vector.bytes(2), LIMIT)).isEqualTo(expected);
        int[] everyByte = IntStream.range(1, vector.bytes(2).length).toArray();
        assertThat(decode(vector.bytes(2), LIMIT, everyByte)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badVectors(Vector vector) {
        assertThat(decode(vector.bytes(1), LIMIT)).isEmpty();
        assertThat(damage).hasSize(1);
        int[] everyByte = IntStream.range(1, vector.bytes(1).length).toArray();
        assertThat(decode(vector.bytes(1), LIMIT, everyByte)).isEmpty();
        assertThat(damage)
                .hasSize(2)
                .containsOnly(vector.name().startsWith("too-long") ? Damage.TOO_LONG : Damage.ESCAPE);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyFramesInAnyChunks(long seed) {
        Random random = new Random(seed);
        List<String> sent = new ArrayList<>();
        ByteBuf wire = Unpooled.buffer();
        for (int i = 0; i < 20; i++) {
            byte[] frame = new byte[1 + random.nextInt(LIMIT)];
            random.nextBytes(frame);
            for (int at = 0; at < frame.length; at++) {
                // Many special bytes, which random data has seldom.
                if (random.nextInt(4) == 0) {
                    frame[at] = (byte) (0xC0 + (random.nextBoolean() ? 0 : 0x1B + random.nextInt(3)));
                }
            }
            sent.add(ByteBufUtil.hexDump(frame));
            wire.writeBytes(encode(frame));
        }
        byte[] bytes = ByteBufUtil.getBytes(wire);
        int[] cuts = random.ints(random.nextInt(30), 0, bytes.length).sorted().toArray();
        assertThat(decode(bytes, LIMIT, cuts)).isEqualTo(sent);
        assertThat(damage).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void findsItsWayBackAfterAnyGarbage(long seed) {
        Random random = new Random(seed);
        byte[] garbage = new byte[random.nextInt(500)];
        random.nextBytes(garbage);
        byte[] frame = new byte[LIMIT];
        random.nextBytes(frame);
        ByteBuf all = Unpooled.wrappedBuffer(garbage, encode(frame), encode(frame));
        byte[] wire = ByteBufUtil.getBytes(all);
        List<String> frames = decode(wire, LIMIT);
        // The first END of a frame ends whatever the garbage was.
        assertThat(frames.subList(frames.size() - 2, frames.size()))
                .containsExactly(ByteBufUtil.hexDump(frame), ByteBufUtil.hexDump(frame));
        assertThat(frames).allMatch(hex -> hex.length() <= 2 * LIMIT);
    }

    @Test
    void composedBuffersAreEncodedLikeOthers() {
        EmbeddedChannel channel = new EmbeddedChannel(new SlipEncoder());
        channel.writeOutbound(Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(new byte[] {1, (byte) 0xC0}),
                Unpooled.directBuffer().writeByte(0xDB),
                Unpooled.copiedBuffer(new byte[] {2})));
        ByteBuf wire = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(wire)).isEqualTo("c001dbdcdbdd02c0");
        wire.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void countsBytesOfAnyKind() {
        SlipDecoder decoder = new SlipDecoder(LIMIT);
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        channel.writeInbound(Unpooled.copiedBuffer(new byte[17]));
        assertThat(decoder.bytes()).isEqualTo(17);
        channel.finishAndReleaseAll();
    }

    @Test
    void asksForMoreWhileAFrameIsNotWhole() {
        int[] reads = new int[1];
        EmbeddedChannel channel = new EmbeddedChannel(
                new io.netty.channel.ChannelOutboundHandlerAdapter() {
                    @Override
                    public void read(ChannelHandlerContext ctx) {
                        reads[0]++;
                        ctx.read();
                    }
                },
                new SlipDecoder(LIMIT));
        channel.config().setAutoRead(false);
        int before = reads[0];
        channel.writeInbound(Unpooled.copiedBuffer(new byte[] {(byte) 0xC0, 1}));
        assertThat(reads[0]).isEqualTo(before + 1);
        channel.writeInbound(Unpooled.copiedBuffer(new byte[] {2, (byte) 0xC0}));
        assertThat(reads[0]).isEqualTo(before + 1);
        assertThat(read(channel)).containsExactly("0102");
        channel.finishAndReleaseAll();
    }

    @Test
    void anImpossibleLimitIsRefused() {
        assertThatThrownBy(() -> new SlipDecoder(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxFrameBytes");
    }
}
