package dev.uartnet.codec.crc;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CrcTest {
    private final List<Damage> damage = new ArrayList<>();

    static Stream<Vector> crc32() {
        return Vectors.of("crc32").stream();
    }

    static Stream<Vector> crc16() {
        return Vectors.of("crc16").stream();
    }

    private EmbeddedChannel decoder(CrcAlgorithm algorithm) {
        return new EmbeddedChannel(new CrcDecoder(algorithm), new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                damage.add(((FrameDamaged) event).damage());
            }
        });
    }

    private static byte[] encode(CrcAlgorithm algorithm, ByteBuf frame) {
        EmbeddedChannel channel = new EmbeddedChannel(new CrcEncoder(algorithm));
        channel.writeOutbound(frame);
        ByteBuf out = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        channel.finishAndReleaseAll();
        return bytes;
    }

    @Test
    void publishedCheckValues() {
        ByteBuf check = Unpooled.copiedBuffer("123456789", StandardCharsets.US_ASCII);
        assertThat(CrcAlgorithm.CRC_32.of(check)).isEqualTo(0xCBF43926L);
        assertThat(CrcAlgorithm.CRC_16_CCITT_FALSE.of(check)).isEqualTo(0x29B1);
    }

    @ParameterizedTest
    @MethodSource("crc32")
    void crc32Vectors(Vector vector) {
        vector(CrcAlgorithm.CRC_32, vector);
    }

    @ParameterizedTest
    @MethodSource("crc16")
    void crc16Vectors(Vector vector) {
        vector(CrcAlgorithm.CRC_16_CCITT_FALSE, vector);
    }

    private static void vector(CrcAlgorithm algorithm, Vector vector) {
        byte[] data = vector.bytes(1);
        byte[] expected = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(data, vector.bytes(2)));
        assertThat(encode(algorithm, Unpooled.wrappedBuffer(data))).isEqualTo(expected);
        int half = data.length / 2;
        ByteBuf parts = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(data, 0, half),
                Unpooled.directBuffer().writeBytes(data, half, data.length - half));
        assertThat(encode(algorithm, parts)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(CrcAlgorithm.class)
    void whatWasEncodedPasses(CrcAlgorithm algorithm) {
        Random random = new Random(1);
        for (int length = 0; length < 300; length++) {
            byte[] frame = new byte[length];
            random.nextBytes(frame);
            EmbeddedChannel channel = decoder(algorithm);
            channel.writeInbound(Unpooled.wrappedBuffer(encode(algorithm, Unpooled.wrappedBuffer(frame))));
            ByteBuf back = channel.readInbound();
            assertThat(ByteBufUtil.getBytes(back)).isEqualTo(frame);
            back.release();
            channel.finishAndReleaseAll();
        }
        assertThat(damage).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CrcAlgorithm.class)
    void oneToThreeFlippedBitsAreAlwaysNoticed(CrcAlgorithm algorithm) {
        Random random = new Random(2);
        EmbeddedChannel channel = decoder(algorithm);
        int rounds = 3_000;
        for (int round = 0; round < rounds; round++) {
            byte[] frame = new byte[1 + random.nextInt(200)];
            random.nextBytes(frame);
            byte[] sent = encode(algorithm, Unpooled.wrappedBuffer(frame));
            byte[] damaged = sent.clone();
            // Odd numbers of flips cannot undo each other.
            for (int flips = random.nextBoolean() ? 1 : 3; flips > 0; flips--) {
                int bit = random.nextInt(damaged.length * 8);
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
            }
            channel.writeInbound(Unpooled.wrappedBuffer(damaged));
            assertThat(channel.<Object>readInbound()).isNull();
        }
        assertThat(damage).hasSize(rounds).containsOnly(Damage.CHECK);
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @EnumSource(CrcAlgorithm.class)
    void memoryThatIsSharedStaysAsItIs(CrcAlgorithm algorithm) {
        ByteBuf shared = Unpooled.buffer(64).writeBytes(new byte[64]).writerIndex(10);
        for (ByteBuf frame : List.of(
                shared.retainedDuplicate(),
                shared.retainedSlice(),
                shared.retain(),
                shared.copy().asReadOnly())) {
            byte[] data = ByteBufUtil.getBytes(frame);
            assertThat(encode(algorithm, frame)).startsWith(data).hasSize(data.length + algorithm.bytes());
        }
        assertThat(shared.writerIndex()).isEqualTo(10);
        assertThat(shared.writerIndex(64)).isEqualTo(Unpooled.wrappedBuffer(new byte[64]));
        shared.release();
    }

    @ParameterizedTest
    @EnumSource(CrcAlgorithm.class)
    void tooShortForACheck(CrcAlgorithm algorithm) {
        EmbeddedChannel channel = decoder(algorithm);
        channel.writeInbound(Unpooled.copiedBuffer(new byte[algorithm.bytes() - 1]));
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(damage).containsExactly(Damage.TOO_SHORT);
        channel.finishAndReleaseAll();
    }
}
