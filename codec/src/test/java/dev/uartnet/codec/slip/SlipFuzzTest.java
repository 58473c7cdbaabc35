package dev.uartnet.codec.slip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.PreferHeapByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What looks at eight bytes at a time, beside loops that look at one. */
class SlipFuzzTest {
    /** How a buffer may hold its bytes. */
    enum Memory {
        HEAP {
            @Override
            ByteBuf of(byte[] bytes, Random random) {
                return Unpooled.copiedBuffer(bytes);
            }
        },
        DIRECT {
            @Override
            ByteBuf of(byte[] bytes, Random random) {
                return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
            }
        },
        HEAP_SLICE {
            @Override
            ByteBuf of(byte[] bytes, Random random) {
                return slice(Unpooled.buffer(), bytes, random);
            }
        },
        DIRECT_SLICE {
            @Override
            ByteBuf of(byte[] bytes, Random random) {
                return slice(Unpooled.directBuffer(), bytes, random);
            }
        },
        COMPOSITE {
            @Override
            ByteBuf of(byte[] bytes, Random random) {
                int cut = random.nextInt(bytes.length + 1);
                return Unpooled.wrappedBuffer(
                        Unpooled.copiedBuffer(bytes, 0, cut),
                        Unpooled.directBuffer().writeBytes(bytes, cut, bytes.length - cut));
            }
        };

        abstract ByteBuf of(byte[] bytes, Random random);

        /** Bytes around it that must not be looked at, and a reader index that is not 0. */
        private static ByteBuf slice(ByteBuf room, byte[] bytes, Random random) {
            int before = random.nextInt(17);
            for (int i = 0; i < before; i++) {
                room.writeByte(Slip.END);
            }
            room.writeBytes(bytes).writeByte(Slip.END).writeByte(Slip.ESC);
            int skipped = random.nextInt(before + 1);
            return room.slice(skipped, before - skipped + bytes.length).readerIndex(before - skipped);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Random bytes of which many are special, or nearly so. */
    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        int rarity = 1 << random.nextInt(9);
        byte[] near = {Slip.END, Slip.ESC, Slip.ESC_END, Slip.ESC_ESC, (byte) 0xC1, 0x40, 0x5B, (byte) 0xDA, 0};
        for (int at = 0; at < length; at++) {
            if (random.nextInt(rarity) == 0) {
                bytes[at] = near[random.nextInt(near.length)];
            }
        }
        return bytes;
    }

    private static byte[] escapedByteByByte(byte[] frame) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Slip.END);
        for (byte value : frame) {
            if (value == Slip.END || value == Slip.ESC) {
                out.write(Slip.ESC);
                out.write(value == Slip.END ? Slip.ESC_END : Slip.ESC_ESC);
            } else {
                out.write(value);
            }
        }
        out.write(Slip.END);
        return out.toByteArray();
    }

    @Test
    void theFirstSpecialByteWhereverItStands() {
        for (byte special : new byte[] {Slip.END, Slip.ESC}) {
            for (int filler = 0; filler < 256; filler++) {
                if ((byte) filler == Slip.END || (byte) filler == Slip.ESC) {
                    continue;
                }
                byte[] bytes = new byte[40];
                Arrays.fill(bytes, (byte) filler);
                bytes[0] = special; // before the range: not found
                for (int from = 1; from < 12; from++) {
                    expect(bytes, from, 30);
                    for (int at = from; at < 30; at++) {
                        bytes[at] = special;
                        bytes[at + 1] = Slip.END;
                        expect(bytes, from, at);
                        bytes[at] = (byte) filler;
                        bytes[at + 1] = (byte) filler;
                    }
                    bytes[30] = special; // behind it
                    expect(bytes, from, 30);
                    bytes[30] = (byte) filler;
                }
            }
        }
    }

    private static void expect(byte[] bytes, int from, int special) {
        int found = SpecialBytes.first(bytes, from, 30);
        if (found != special) {
            fail("%s from %d to 30: found %d, not %d", ByteBufUtil.hexDump(bytes), from, found, special);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void findsWhatALoopFinds(long seed) {
        Random random = new Random(seed);
        byte[] bytes = bytes(random, 1 + random.nextInt(200));
        for (int from = 0; from <= bytes.length; from++) {
            for (int to = from; to <= bytes.length; to++) {
                int expected = from;
                while (expected < to && bytes[expected] != Slip.END && bytes[expected] != Slip.ESC) {
                    expected++;
                }
                int found = SpecialBytes.first(bytes, from, to);
                if (found != expected) {
                    fail("%s from %d to %d: found %d, not %d", ByteBufUtil.hexDump(bytes), from, to, found, expected);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Memory.class)
    void escapesLikeALoop(Memory memory) {
        Random random = new Random(7);
        for (ByteBufAllocator alloc : allocators()) {
            EmbeddedChannel channel = new EmbeddedChannel(new SlipEncoder());
            channel.config().setAllocator(alloc);
            for (int round = 0; round < 200; round++) {
                byte[] frame = bytes(random, random.nextInt(300));
                channel.writeOutbound(memory.of(frame, random));
                ByteBuf wire = channel.readOutbound();
                assertThat(ByteBufUtil.hexDump(wire)).isEqualTo(ByteBufUtil.hexDump(escapedByteByByte(frame)));
                wire.release();
            }
            channel.finishAndReleaseAll();
        }
    }

    private static List<ByteBufAllocator> allocators() {
        return List.of(ByteBufAllocator.DEFAULT, new PreferHeapByteBufAllocator(ByteBufAllocator.DEFAULT));
    }

    @ParameterizedTest
    @EnumSource(Memory.class)
    void unescapesWhatALoopHasEscaped(Memory memory) {
        Random random = new Random(7);
        for (int round = 0; round < 30; round++) {
            int chunkMax = 1 << (round / 2);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                byte[] frame = bytes(random, 1 + random.nextInt(i == 5 ? 10 * chunkMax : 100));
                sent.add(ByteBufUtil.hexDump(frame));
                line.writeBytes(escapedByteByByte(frame));
            }
            byte[] all = line.toByteArray();
            EmbeddedChannel channel = new EmbeddedChannel(new SlipDecoder(10 * chunkMax + 100));
            for (int from = 0; from < all.length; ) {
                int to = Math.min(all.length, from + 1 + random.nextInt(chunkMax));
                channel.writeInbound(memory.of(Arrays.copyOfRange(all, from, to), random));
                from = to;
            }
            List<String> got = new ArrayList<>();
            for (ByteBuf frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
                got.add(ByteBufUtil.hexDump(frame));
                frame.release();
            }
            assertThat(got).isEqualTo(sent);
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void theChannelsAllocatorSaysWhatMemoryTheLineGets() {
        for (ByteBufAllocator alloc : allocators()) {
            EmbeddedChannel channel = new EmbeddedChannel(new SlipEncoder());
            channel.config().setAllocator(alloc);
            channel.writeOutbound(Unpooled.copiedBuffer(new byte[] {1}));
            ByteBuf wire = channel.readOutbound();
            ByteBuf wanted = alloc.ioBuffer();
            assertThat(wire.isDirect()).isEqualTo(wanted.isDirect());
            wanted.release();
            wire.release();
            channel.finishAndReleaseAll();
        }
    }
}
