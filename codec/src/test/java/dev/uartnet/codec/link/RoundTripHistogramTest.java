package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.RoundTripHistogram.Bucket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripHistogramTest {
    private static RoundTripHistogram of(long... nanos) {
        RoundTripRecorder recorder = new RoundTripRecorder();
        Arrays.stream(nanos).forEach(recorder::record);
        return recorder.snapshot();
    }

    @Test
    void anEmptyOneIsAllZero() {
        for (RoundTripHistogram empty : List.of(of(), RoundTripHistogram.NONE, of(5).minus(of(5)))) {
            assertThat(empty.count()).isZero();
            assertThat(List.of(empty.sum(), empty.min(), empty.max(), empty.mean(), empty.percentile(99)))
                    .containsOnly(Duration.ZERO);
            assertThat(empty.buckets()).isEmpty();
        }
    }

    @Test
    void numberSumLeastAndGreatestAreExact() {
        RoundTripHistogram times = of(1_234_567, 100_001, 7_654_321, 0, 99_999_999_999L);

        assertThat(times.count()).isEqualTo(5);
        assertThat(times.sum()).isEqualTo(Duration.ofNanos(1_234_567 + 100_001 + 7_654_321 + 99_999_999_999L));
        assertThat(times.min()).isEqualTo(Duration.ZERO);
        assertThat(times.max()).isEqualTo(Duration.ofNanos(99_999_999_999L));
        assertThat(times.mean()).isEqualTo(times.sum().dividedBy(5));
        assertThat(times).hasToString("5 round trips, PT0S to PT1M39.999999999S, median PT0.001245183S");
    }

    @Test
    void eachTimeIsInTheBucketThatNamesIt() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            // All magnitudes are alike.
            long nanos = (long) Math.pow(10, 11 * random.nextDouble());
            List<Bucket> buckets = of(nanos).buckets();
            assertThat(buckets).hasSize(1);
            Bucket bucket = buckets.get(0);
            assertThat(bucket.count()).isEqualTo(1);
            assertThat(nanos).isBetween(bucket.from().toNanos(), bucket.to().toNanos() - 1);
            if (nanos >= 65_536 && nanos < 9_600_000_000L) {
                assertThat(bucket.to().minus(bucket.from()).toNanos())
                        .isLessThanOrEqualTo(bucket.from().toNanos() / 16);
            }
        }
    }

    @Test
    void bucketsFollowEachOtherWithoutHoles() {
        RoundTripRecorder recorder = new RoundTripRecorder();
        for (long nanos = 0; nanos < 11_000_000_000L; nanos += Math.max(4_096, nanos / 64)) {
            recorder.record(nanos);
        }
        List<Bucket> buckets = recorder.snapshot().buckets();
        assertThat(buckets).hasSize(RoundTripHistogram.BUCKETS);
        assertThat(buckets.get(0).from()).isZero();
        for (int i = 1; i < buckets.size(); i++) {
            assertThat(buckets.get(i).from()).isEqualTo(buckets.get(i - 1).to());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 25, 50, 90, 99, 99.9, 100})
    void percentilesAreThoseOfTheSortedTimes(double percent) {
        Random random = new Random(2);
        long[] nanos = random.longs(10_000, 300_000, 80_000_000).toArray();
        RoundTripHistogram times = of(nanos);
        Arrays.sort(nanos);

        long exact = nanos[(int) Math.max(0, Math.ceil(percent / 100 * nanos.length) - 1)];
        assertThat(times.percentile(percent).toNanos()).isBetween(exact, exact + exact / 16);
        assertThat(times.percentile(100)).isEqualTo(times.max());
    }

    @Test
    void aPercentileIsAPercentage() {
        assertThatThrownBy(() -> of(1).percentile(100.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of(1).percentile(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of(1).percentile(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSnapshotDoesNotChange() {
        RoundTripRecorder recorder = new RoundTripRecorder();
        recorder.record(1_000_000);
        RoundTripHistogram before = recorder.snapshot();
        recorder.record(5_000_000);

        assertThat(before.count()).isEqualTo(1);
        assertThat(before.max()).isEqualTo(Duration.ofMillis(1));
        assertThat(before.buckets()).hasSize(1);
    }

    @Test
    void sumsAndDifferences() {
        RoundTripRecorder recorder = new RoundTripRecorder();
        recorder.record(1_000_000);
        recorder.record(100_000_000);
        RoundTripHistogram before = recorder.snapshot();
        recorder.record(10_000_000);
        recorder.record(20_000_000);
        RoundTripHistogram lately = recorder.snapshot().minus(before);

        assertThat(lately.count()).isEqualTo(2);
        assertThat(lately.sum()).isEqualTo(Duration.ofMillis(30));
        assertThat(lately.min().toNanos()).isBetween(10_000_000L * 15 / 16, 10_000_000L);
        assertThat(lately.max().toNanos()).isBetween(20_000_000L, 20_000_000L * 17 / 16);

        RoundTripHistogram all = lately.plus(before);
        assertThat(all.count()).isEqualTo(4);
        assertThat(all.sum()).isEqualTo(Duration.ofMillis(131));
        assertThat(all.min()).isEqualTo(Duration.ofMillis(1));
        assertThat(all.max()).isEqualTo(Duration.ofMillis(100));
        assertThat(all.buckets()).isEqualTo(recorder.snapshot().buckets());
    }
}
