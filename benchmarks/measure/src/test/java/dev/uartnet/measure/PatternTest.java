package dev.uartnet.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTest {
    private static final int BYTES = 100_000;
    private static final long FAR = 3_000_000_000L;

    private final Pattern pattern = new Pattern(7);

    private ByteBuf bytes(Pattern from, long position) {
        ByteBuf all = Unpooled.buffer(BYTES);
        while (all.readableBytes() < BYTES) {
            ByteBuf piece = from.from(position + all.readableBytes(), BYTES - all.readableBytes());
            all.writeBytes(piece);
            piece.release();
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 16_383, 16_384, 1_000_003, FAR})
    void whatWasSentMatchesHoweverItIsCut(long position) {
        ByteBuf sent = bytes(pattern, position);
        long at = position;
        for (int length = 1; sent.isReadable(); length = Math.min(length * 3, sent.readableBytes())) {
            assertThat(pattern.takeMatching(sent, length, at)).isTrue();
            at += length;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_024, 16_384, 1_000_003, 1 << 20, (1 << 20) + 16_384, 1L << 32})
    void aBlockThatIsShiftedOrRepeatedMatchesNowhere(long shift) {
        for (int length = 100; length <= BYTES; length += 7_919) {
            assertThat(pattern.takeMatching(bytes(pattern, shift), length, 0)).isFalse();
            assertThat(pattern.takeMatching(bytes(pattern, FAR), length, FAR + shift))
                    .isFalse();
        }
    }

    @Test
    void aWrongByteIsSeenWhereverItIs() {
        for (int at : new int[] {0, 1, 16_383, 16_384, BYTES - 1}) {
            ByteBuf sent = bytes(pattern, 0);
            sent.setByte(at, sent.getByte(at) ^ 0x80);
            assertThat(pattern.takeMatching(sent, BYTES, 0)).isFalse();
        }
    }

    @Test
    void eachTransferAndEachDirectionHasBytesOfItsOwn() {
        for (long seed = 1; seed <= 100; seed++) {
            for (long other : new long[] {seed + 1, PatternServer.downSeed(seed), PatternServer.downSeed(seed + 1)}) {
                assertThat(new Pattern(seed).takeMatching(bytes(new Pattern(other), 0), 100, 0))
                        .isFalse();
            }
        }
    }
}
