package dev.uartnet.codec.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.Vectors;
import dev.uartnet.codec.Vectors.Vector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

class MessageTest {
    private final MessageDecoder decoder = new MessageDecoder();
    private final MessageEncoder encoder = new MessageEncoder();

    static List<Vector> valid() {
        return Vectors.of("message");
    }

    static List<Vector> lenient() {
        return Vectors.of("message-lenient");
    }

    static List<Vector> bad() {
        return Vectors.of("message-bad");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void vectors(Vector vector) {
        for (ByteBuf payload : payloads(vector.bytes(1))) {
            Message message = decoder.decode(payload);
            assertThat(elements(message)).isEqualTo(new Notation(vector.word(2)).value());
            ByteBuf back = encoder.encode(ByteBufAllocator.DEFAULT, message);
            assertThat(ByteBufUtil.hexDump(back)).isEqualTo(vector.word(1));
            back.release();
            ReferenceCountUtil.release(message);
            assertThat(payload.release()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("lenient")
    void longerFormsThanNeeded(Vector vector) {
        for (ByteBuf payload : payloads(vector.bytes(1))) {
            Message message = decoder.decode(payload);
            List<?> expected = (List<?>) new Notation(vector.word(2)).value();
            List<@Nullable Object> actual = elements(message);
            assertThat(actual).isEqualTo(expected.subList(0, actual.size()));
            ReferenceCountUtil.release(message);
            assertThat(payload.release()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badVectors(Vector vector) {
        for (ByteBuf payload : payloads(vector.bytes(1))) {
            assertThatThrownBy(() -> decoder.decode(payload)).isInstanceOf(MalformedMessageException.class);
            assertThat(payload.refCnt()).isEqualTo(1);
            payload.release();
        }
    }

    @Test
    void randomBytesAreAMessageOrMalformedAndNothingElse() {
        Random random = new Random(3);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(24)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (0x90 | (bytes[0] & 0x0F));
            ByteBuf payload = Unpooled.wrappedBuffer(bytes);
            try {
                ReferenceCountUtil.release(decoder.decode(payload));
            } catch (MalformedMessageException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
            assertThat(payload.release()).isTrue();
        }
    }

    @Test
    void everyCutOfAMessageIsMalformed() {
        for (Vector vector : valid()) {
            byte[] whole = vector.bytes(1);
            for (int length = 0; length < whole.length; length++) {
                ByteBuf cut = Unpooled.buffer(whole.length).writeBytes(whole, 0, length);
                assertThatThrownBy(() -> decoder.decode(cut)).isInstanceOf(MalformedMessageException.class);
                assertThat(cut.release()).isTrue();
            }
        }
    }

    @Test
    void dataIsNotCopiedOnItsWayIn() {
        byte[] bytes = Vectors.hex("931000c403616263");
        ByteBuf payload = Unpooled.wrappedBuffer(bytes);
        ChannelData data = (ChannelData) decoder.decode(payload);
        bytes[5] = 'x';
        assertThat(data.content().readByte()).isEqualTo((byte) 'x');
        data.release();
        assertThat(payload.release()).isTrue();
    }

    @Test
    void dataIsFreeOnceItIsEncoded() {
        ByteBuf written = Unpooled.copiedBuffer(new byte[] {1, 2, 3});
        ChannelData data = ChannelData.of(0, written);
        ByteBuf encoded = encoder.encode(ByteBufAllocator.DEFAULT, data);
        assertThat(data.release()).isTrue();
        assertThat(written.refCnt()).isZero();
        assertThat(ByteBufUtil.hexDump(encoded)).isEqualTo("931000c403010203");
        encoded.release();
    }

    @Test
    void whatIsReadAndWrittenByHandIsMessagePacksShortestForm() throws IOException {
        for (int channel : new int[] {0, 1, 127, 128, 255, 256, 65_535}) {
            for (int number : new int[] {0, 1, 127, 128, 255, 256, 16_000, 65_535, 65_536, 1 << 30}) {
                int length = Math.min(number, 70_000);
                byte[] bytes = new byte[length];
                try (MessageBufferPacker data = MessagePack.newDefaultBufferPacker()) {
                    data.packArrayHeader(3).packInt(16).packInt(channel).packBinaryHeader(length);
                    same(new ChannelData(channel, Unpooled.wrappedBuffer(bytes)), data.addPayload(bytes));
                }
                try (MessageBufferPacker credit = MessagePack.newDefaultBufferPacker()) {
                    credit.packArrayHeader(3).packInt(17).packInt(channel);
                    same(new ChannelCredit(channel, number), credit.packInt(number));
                }
            }
        }
    }

    private void same(Message message, MessagePacker packed) throws IOException {
        packed.flush();
        byte[] expected = ((MessageBufferPacker) packed).toByteArray();
        ByteBuf encoded = encoder.encode(ByteBufAllocator.DEFAULT, message);
        assertThat(ByteBufUtil.getBytes(encoded)).isEqualTo(expected);
        Message back = decoder.decode(encoded);
        assertThat(back).isEqualTo(message);
        ReferenceCountUtil.release(back);
        ReferenceCountUtil.release(message);
        encoded.release();
    }

    @Test
    void dataAndCreditInALongerFormAreReadToo() {
        ByteBuf data = Unpooled.wrappedBuffer(Vectors.hex("dc0003cc10ce00000007c6000000026162"));
        ChannelData read = (ChannelData) decoder.decode(data);
        assertThat(read.channel()).isEqualTo(7);
        assertThat(read.content()).isEqualTo(Unpooled.copiedBuffer("ab", StandardCharsets.US_ASCII));
        read.release();
        // One more element than this version knows.
        assertThat(decoder.decode(Unpooled.wrappedBuffer(Vectors.hex("94110905c0"))))
                .isEqualTo(new ChannelCredit(9, 5));
    }

    @Test
    void dataThatIsOverHoldsNothing() {
        ByteBuf bytes = Unpooled.copiedBuffer(new byte[] {1});
        ChannelData data = ChannelData.of(2, bytes);
        assertThat(data.take()).isSameAs(bytes);
        assertThat(bytes.refCnt()).isOne();
        assertThat(data.refCnt()).isZero();
        assertThatThrownBy(data::content).isInstanceOf(IllegalReferenceCountException.class);
        assertThatThrownBy(data::release).isInstanceOf(IllegalReferenceCountException.class);
        bytes.release();
    }

    @Test
    void handlesTravelAsExt() {
        Response response = new Response(1, List.of(new Handle(0xCAFE)));
        ByteBuf payload = encoder.encode(ByteBufAllocator.DEFAULT, response);
        assertThat(ByteBufUtil.hexDump(payload)).isEqualTo("930201d6010000cafe");
        assertThat(decoder.decode(payload)).isEqualTo(response);
        payload.release();
    }

    @Test
    void whatIsNoUtf8InATextIsReplaced() {
        ByteBuf payload = Unpooled.wrappedBuffer(Vectors.hex("930205a661eda08062c3"));
        Response response = (Response) decoder.decode(payload);
        assertThat(response.id()).isEqualTo(5);
        assertThat(String.valueOf(response.results().get(0))).matches("a\uFFFD+b\uFFFD");
        payload.release();
    }

    @Test
    void handlesOfADeviceSayTheirType() {
        Response response = new Response(1, List.of(new Handle(0xCAFE, "Pin")));
        ByteBuf payload = encoder.encode(ByteBufAllocator.DEFAULT, response);
        assertThat(ByteBufUtil.hexDump(payload)).isEqualTo("930201c707010000cafe50696e");
        assertThat(decoder.decode(payload)).isEqualTo(response);
        payload.release();
    }

    @Test
    void argumentsMayStandInABlob() {
        Request request = new Request(1, 33, 0, List.of(new BlobArguments(7)));
        ByteBuf payload = encoder.encode(ByteBufAllocator.DEFAULT, request);
        assertThat(ByteBufUtil.hexDump(payload)).isEqualTo("9501012100d40207");
        assertThat(decoder.decode(payload)).isEqualTo(request);
        payload.release();

        List<@Nullable Object> arguments = Arrays.asList(new Handle(3), null, List.of("a".repeat(500)), Map.of());
        ByteBuf blob = encoder.encodeValues(ByteBufAllocator.DEFAULT, arguments);
        assertThat(decoder.decodeValues(blob)).isEqualTo(arguments);
        blob.writerIndex(blob.writerIndex() - 2);
        assertThatThrownBy(() -> decoder.decodeValues(blob)).isInstanceOf(MalformedMessageException.class);
        blob.release();
    }

    @Test
    void whatCannotBeSentIsRefusedByName() {
        assertThatThrownBy(() -> encoder.encode(ByteBufAllocator.DEFAULT, new ChannelEof(65_536)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("channel");
        assertThatThrownBy(() -> encoder.encode(ByteBufAllocator.DEFAULT, new ChannelCredit(1, -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("credit");
        assertThatThrownBy(() -> encoder.encode(ByteBufAllocator.DEFAULT, new Response(1, List.of(new Object()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
        assertThatThrownBy(
                        () -> new ChannelDatagram(1, InetSocketAddress.createUnresolved("a", 1), Unpooled.EMPTY_BUFFER))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theHandlerReleasesWhatItHasEncodedAndDecoded() {
        EmbeddedChannel channel = new EmbeddedChannel(new MessageCodec());
        ByteBuf content = Unpooled.copiedBuffer(new byte[] {1, 2});
        channel.writeOutbound(new ChannelData(3, content));
        ByteBuf payload = channel.readOutbound();
        channel.writeInbound(payload);
        ChannelData back = channel.readInbound();
        assertThat(back.channel()).isEqualTo(3);
        assertThat(ByteBufUtil.getBytes(back.content())).containsExactly(1, 2);
        back.release();
        assertThat(content.refCnt()).isZero();
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.copiedBuffer(new byte[] {5})))
                .isInstanceOf(MalformedMessageException.class);
        channel.finishAndReleaseAll();
    }

    private static List<ByteBuf> payloads(byte[] bytes) {
        return List.of(
                Unpooled.copiedBuffer(bytes),
                Unpooled.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes),
                Unpooled.buffer(bytes.length + 9).writeZero(4).skipBytes(4).writeBytes(bytes));
    }

    /** A message as the array that it is on the wire. */
    private static List<@Nullable Object> elements(Message message) {
        if (message instanceof Request m) {
            return list(m.args(), 1L, m.id(), m.operation(), m.deadlineMillis());
        } else if (message instanceof Response m) {
            return list(m.results(), 2L, m.id());
        } else if (message instanceof ErrorResponse m) {
            return list(m.details(), 3L, m.id(), m.code().code(), m.text(), m.errno());
        } else if (message instanceof Cancel m) {
            return list(List.of(), 4L, m.id());
        } else if (message instanceof Next m) {
            return list(List.of(), 5L, m.id(), m.item());
        } else if (message instanceof Demand m) {
            return list(List.of(), 6L, m.id(), m.items());
        } else if (message instanceof Output m) {
            return list(List.of(), 7L, m.id(), m.text());
        } else if (message instanceof Event m) {
            return list(m.args(), 8L, m.event());
        } else if (message instanceof ChannelData m) {
            return list(List.of(), 16L, m.channel(), ByteBufUtil.getBytes(m.content()));
        } else if (message instanceof ChannelCredit m) {
            return list(List.of(), 17L, m.channel(), m.credit());
        } else if (message instanceof ChannelEof m) {
            return list(List.of(), 18L, m.channel());
        } else if (message instanceof ChannelClose m) {
            return list(List.of(), 19L, m.channel(), m.code().code(), m.text(), m.errno());
        } else if (message instanceof ChannelAccept m) {
            return list(
                    List.of(),
                    20L,
                    m.listener(),
                    m.channel(),
                    address(m.local()),
                    m.local().getPort(),
                    address(m.remote()),
                    m.remote().getPort(),
                    m.credit());
        } else if (message instanceof ChannelDatagram m) {
            return list(
                    m.more() ? List.of(true) : List.of(),
                    21L,
                    m.channel(),
                    address(m.peer()),
                    m.peer().getPort(),
                    ByteBufUtil.getBytes(m.content()));
        }
        throw new AssertionError(message);
    }

    private static byte[] address(InetSocketAddress address) {
        InetAddress inet = address.getAddress();
        return inet.getAddress();
    }

    private static List<@Nullable Object> list(List<? extends @Nullable Object> rest, @Nullable Object... first) {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object element : first) {
            all.add(Notation.comparable(element instanceof Integer number ? Long.valueOf(number) : element));
        }
        for (Object element : rest) {
            all.add(Notation.comparable(element));
        }
        return all;
    }

    @Test
    void theNotationOfTheVectorsReadsItself() {
        assertThat(new Notation("[1,-2,nil,true,\"a b\",h'0aff',{\"k\":[1.5]},[]]").value())
                .isEqualTo(Arrays.asList(
                        1L, -2L, null, true, "a b", "h'0aff'", java.util.Map.of("k", List.of(1.5)), List.of()));
    }
}
