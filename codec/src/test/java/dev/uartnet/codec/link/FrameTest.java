package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.Vectors;
import dev.uartnet.codec.Vectors.Vector;
import dev.uartnet.codec.crc.CrcAlgorithm;
import dev.uartnet.codec.crc.CrcDecoder;
import dev.uartnet.codec.crc.CrcEncoder;
import dev.uartnet.codec.message.ChannelData;
import dev.uartnet.codec.message.MessageCodec;
import dev.uartnet.codec.slip.SlipEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameTest {
    static List<Vector> frames() {
        return Vectors.of("frame");
    }

    static List<Vector> bad() {
        return Vectors.of("frame-bad");
    }

    @ParameterizedTest
    @MethodSource("frames")
    void vectors(Vector vector) {
        FrameType type = FrameType.valueOf(vector.word(1));
        EmbeddedChannel encoder = new EmbeddedChannel(new CrcEncoder(CrcAlgorithm.CRC_32));
        encoder.writeOutbound(FrameCodec.encode(
                ByteBufAllocator.DEFAULT,
                type,
                vector.number(2),
                vector.number(3),
                vector.number(4),
                Unpooled.wrappedBuffer(vector.bytes(5))));
        ByteBuf frame = encoder.readOutbound();
        assertThat(ByteBufUtil.hexDump(frame)).isEqualTo(vector.word(6));

        EmbeddedChannel decoder = new EmbeddedChannel(new CrcDecoder(CrcAlgorithm.CRC_32));
        decoder.writeInbound(frame);
        ByteBuf back = decoder.readInbound();
        assertThat(FrameCodec.isFrame(back)).isTrue();
        assertThat(FrameCodec.type(back)).isEqualTo(type);
        assertThat(FrameCodec.tag(back)).isEqualTo(vector.number(2));
        assertThat(FrameCodec.seq(back)).isEqualTo(vector.number(3));
        assertThat(FrameCodec.ack(back)).isEqualTo(vector.number(4));
        assertThat(FrameCodec.payload(back)).isEqualTo(Unpooled.wrappedBuffer(vector.bytes(5)));
        back.release();
        encoder.finishAndReleaseAll();
        decoder.finishAndReleaseAll();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badVectors(Vector vector) {
        EmbeddedChannel decoder = new EmbeddedChannel(new CrcDecoder(CrcAlgorithm.CRC_32));
        decoder.writeInbound(Unpooled.copiedBuffer(vector.bytes(1)));
        ByteBuf frame = decoder.readInbound();
        assertThat(frame == null || !FrameCodec.isFrame(frame)).isTrue();
        if (frame != null) {
            frame.release();
        }
        decoder.finishAndReleaseAll();
    }

    @Test
    void greetingsOfTheVectors() {
        for (Vector vector : frames()) {
            ByteBuf payload = Unpooled.wrappedBuffer(vector.bytes(5));
            if (vector.name().equals("hello")) {
                Greeting hello = Greeting.decode(FrameType.HELLO, payload);
                assertThat(hello)
                        .isEqualTo(new Greeting(1, 0, 0x12345678, 0, 32, 16384, 1032, 1000, 3, "uartnet-java/0.1.0"));
                assertThat(hello.encode(FrameType.HELLO)).isEqualTo(vector.bytes(5));
            } else if (vector.name().equals("welcome")) {
                Greeting welcome = Greeting.decode(FrameType.WELCOME, payload);
                assertThat(welcome)
                        .isEqualTo(new Greeting(
                                1, 0, 0x12345678, 0xdeadbeef, 16, 8192, 1032, 1000, 1, "uartnet-firmware/0.1.0 unix"));
                assertThat(welcome.encode(FrameType.WELCOME)).isEqualTo(vector.bytes(5));
            } else if (vector.name().startsWith("reset")) {
                Reset reset = Reset.decode(payload);
                assertThat(reset).isNotNull();
                assertThat(reset.encode()).isEqualTo(vector.bytes(5));
            }
        }
    }

    @Test
    void aGreetingThatIsNoneIsNull() {
        for (Vector vector : Vectors.of("message-bad")) {
            assertThat(Greeting.decode(FrameType.HELLO, Unpooled.wrappedBuffer(vector.bytes(1))))
                    .isNull();
            assertThat(Reset.decode(Unpooled.wrappedBuffer(vector.bytes(1)))).isNull();
        }
    }

    @Test
    void aResetsTextIsCutAtACharacter() {
        Reset reset = Reset.decode(
                Unpooled.wrappedBuffer(new Reset(ResetReason.CLOSED, 0, 0, "x" + "ü".repeat(200)).encode()));
        assertThat(reset).isNotNull();
        assertThat(reset.text()).startsWith("xü").endsWith("ü").hasSize(100);
    }

    @Test
    void aFullDataFrameCostsSixteenBytes() {
        EmbeddedChannel channel =
                new EmbeddedChannel(new SlipEncoder(), new CrcEncoder(CrcAlgorithm.CRC_32), new MessageCodec());
        int length = 1_026;
        channel.writeOutbound(new ChannelData(127, Unpooled.buffer(length).writeZero(length)));
        ByteBuf message = channel.readOutbound();
        int withoutHeader = message.readableBytes();
        message.release();
        // No byte of this frame needs escaping, except perhaps of its CRC.
        assertThat(withoutHeader + FrameCodec.HEADER_BYTES - length).isBetween(16, 18);
        channel.finishAndReleaseAll();
    }

    @Test
    void aTagHasThirteenBits() {
        assertThatThrownBy(() -> FrameCodec.header(ByteBufAllocator.DEFAULT, FrameType.ACK, 8_192, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8191");
    }
}
