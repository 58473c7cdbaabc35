package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.uartnet.esp32.conformance.Peer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FaultStreamTest {
    private static final int LENGTH = 1_000_000;
    private static final byte[] CONTENT = Peer.content(LENGTH);
    private static final LineFaults MIXED = LineFaults.NONE
            .withByteError(1e-3)
            .withBitFlip(1e-3)
            .withDrop(1e-3)
            .withDuplicate(1e-3)
            .withInsert(1e-3)
            .withBurst(1e-4, 50)
            .withStall(1e-4, Duration.ofMillis(3));

    @Test
    void aCleanLineChangesNothing() {
        FaultStream stream = new FaultStream(LineFaults.NONE, 1);

        assertThat(stream.apply(CONTENT)).isEqualTo(CONTENT);
        assertThat(stream.counters().bytesIn()).isEqualTo(LENGTH);
        assertThat(stream.counters().bytesOut()).isEqualTo(LENGTH);
    }

    @Test
    void theSeedDecidesAndNotHowTheBytesAreCut() {
        FaultStream whole = new FaultStream(MIXED, 42);
        byte[] expected = whole.apply(CONTENT);
        SplittableRandom sizes = new SplittableRandom(7);
        for (int most : new int[] {1, 60, 5000}) {
            FaultStream pieces = new FaultStream(MIXED, 42);
            ByteArrayOutputStream result = new ByteArrayOutputStream();
            for (int done = 0; done < LENGTH; ) {
                int count = Math.min(1 + sizes.nextInt(most), LENGTH - done);
                pieces.apply(CONTENT, done, count, result);
                done += count;
            }

            assertThat(result.toByteArray()).isEqualTo(expected);
            assertThat(pieces.counters()).isEqualTo(whole.counters());
            assertThat(pieces.takeStalled()).isPositive();
        }
        assertThat(new FaultStream(MIXED, 43).apply(CONTENT)).isNotEqualTo(expected);
    }

    @Test
    void aSeedIsTheSameOnEveryMachineAndInEveryVersion() {
        FaultStream stream = new FaultStream(LineFaults.NONE.withByteError(0.5), 1);

        assertThat(HexFormat.of().formatHex(stream.apply(new byte[24])))
                .isEqualTo("0000000000001000010000650001ee00200001000052000000");
    }

    @Test
    void ratesAreMet() {
        LineCounters counters = count(MIXED);

        assertThat(counters.flipped()).isCloseTo(1500, within(150L));
        assertThat(counters.dropped()).isCloseTo(1166, within(150L));
        assertThat(counters.duplicated()).isCloseTo(1166, within(150L));
        assertThat(counters.inserted()).isCloseTo(1166, within(150L));
        assertThat(counters.bursts()).isCloseTo(100, within(40L));
        assertThat(counters.lostInBursts()).isEqualTo(50 * counters.bursts());
        assertThat(counters.stalls()).isCloseTo(100, within(40L));
        assertThat(counters.bytesOut())
                .isEqualTo(LENGTH
                        + counters.duplicated()
                        + counters.inserted()
                        - counters.dropped()
                        - counters.lostInBursts());
    }

    private static LineCounters count(LineFaults faults) {
        FaultStream stream = new FaultStream(faults, 5);
        stream.apply(CONTENT);
        return stream.counters();
    }

    @Test
    void eachFaultDoesWhatItSays() {
        byte[] one = {0x55};
        assertThat(Integer.bitCount(new FaultStream(LineFaults.NONE.withBitFlip(1), 1).apply(one)[0] ^ 0x55))
                .isEqualTo(1);
        assertThat(new FaultStream(LineFaults.NONE.withDrop(1), 1).apply(one)).isEmpty();
        assertThat(new FaultStream(LineFaults.NONE.withDuplicate(1), 1).apply(one))
                .containsExactly(0x55, 0x55);
        assertThat(new FaultStream(LineFaults.NONE.withInsert(1), 1).apply(one))
                .hasSize(2)
                .endsWith(0x55);
        FaultStream bursts = new FaultStream(LineFaults.NONE.withBurst(1, 7), 1);
        assertThat(bursts.apply(new byte[700])).isEmpty();
        assertThat(bursts.counters().bursts()).isEqualTo(100);
        FaultStream stalls = new FaultStream(LineFaults.NONE.withStall(1, Duration.ofMillis(2)), 1);
        assertThat(stalls.apply(one)).isEqualTo(one);
        assertThat(stalls.takeStalled()).isEqualTo(Duration.ofMillis(2));
        assertThat(stalls.takeStalled()).isZero();
    }

    @Test
    void faultsMayChangeOnTheWay() {
        FaultStream stream = new FaultStream(LineFaults.NONE, 1);
        byte[] half = Arrays.copyOf(CONTENT, LENGTH / 2);
        assertThat(stream.apply(half)).isEqualTo(half);

        stream.faults(LineFaults.NONE.withDrop(1e-2));
        assertThat(stream.apply(half)).hasSizeLessThan(half.length - 1000);

        stream.faults(LineFaults.NONE);
        assertThat(stream.apply(half)).isEqualTo(half);
    }

    @Test
    void ratesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> LineFaults.NONE.withDrop(1.1)).hasMessageContaining("drop must be 0 to 1");
        assertThatThrownBy(() -> LineFaults.NONE.withBitFlip(-0.1)).hasMessageContaining("bitFlip");
        assertThatThrownBy(() -> LineFaults.NONE.withByteError(Double.NaN)).hasMessageContaining("byteError");
        assertThatThrownBy(() -> LineFaults.NONE.withDrop(0.6).withInsert(0.6)).hasMessageContaining("together");
        assertThatThrownBy(() -> LineFaults.NONE.withBurst(0.1, 0)).hasMessageContaining("burstLength");
        assertThatThrownBy(() -> LineFaults.NONE.withStall(0.1, Duration.ofMillis(-1)))
                .hasMessageContaining("stallTime");
    }
}
