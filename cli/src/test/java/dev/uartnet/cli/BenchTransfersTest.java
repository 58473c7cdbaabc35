package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.measure.Goodput;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a line whose time is computed. */
class BenchTransfersTest {
    private final List<Long> moved = new ArrayList<>();
    private final List<Double> took = new ArrayList<>();
    private double rate;

    /** @param faster a program that gets warm: what the rate is multiplied with by each transfer, up to a hundred times */
    private BenchTransfers transfers(double seconds, double first, double start, double faster) {
        rate = start;
        return new BenchTransfers(
                bytes -> {
                    long nanos = (long) (bytes / rate * 1e9);
                    rate = Math.min(100 * start, rate * faster);
                    moved.add(bytes);
                    took.add(nanos / 1e9);
                    return new Goodput(0, 0, 0, bytes, nanos, bytes * 1e9 / nanos);
                },
                seconds,
                first);
    }

    @ParameterizedTest
    @CsvSource({"3, 11520, 1", "3, 20000000, 1", "0.1, 800000, 1", "60, 300000, 1", "1, 5000, 3", "3, 100000, 1.5"})
    void eachOneThatCountsTakesTheWantedTime(double seconds, double start, double faster) throws Exception {
        BenchTransfers transfers = transfers(seconds, 2_880, start, faster);

        transfers.warmUp();
        int warmUps = moved.size();
        assertThat(took.get(warmUps - 1)).isGreaterThan(seconds / 5);
        for (int i = 0; i < 12; i++) {
            transfers.next();
        }

        // One behind: a program that gets faster still moves what the rate before would take.
        assertThat(took.get(took.size() - 1)).isCloseTo(seconds, Percentage.withPercentage(1));
        assertThat(took.subList(warmUps, took.size()))
                .allSatisfy(time -> assertThat(time).isBetween(0.99 * seconds / faster, 1.01 * seconds));
    }

    @Test
    void theFirstOnesAreSmallAndGrow() throws Exception {
        transfers(3, 2_880, 20_000_000, 1).warmUp();

        assertThat(moved).startsWith(2_880L, 11_520L, 46_080L).isSorted();
        assertThat(took.stream().mapToDouble(Double::doubleValue).sum()).isLessThan(4);
    }

    @Test
    void aLineWithASpeedIsKnownSoon() throws Exception {
        BenchTransfers transfers = transfers(3, 2_880, 11_520, 1);

        transfers.warmUp();
        assertThat(moved).containsExactly(2_880L, 11_520L);
        transfers.next();
        transfers.next();

        assertThat(transfers.times()).isEqualTo("3.00 s");
    }
}
