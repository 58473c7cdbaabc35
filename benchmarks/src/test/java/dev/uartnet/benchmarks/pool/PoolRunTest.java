package dev.uartnet.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The benchmark still runs; its figures mean nothing here. */
@Timeout(120)
class PoolRunTest {
    @Test
    void runs() throws Exception {
        PoolBenchmark benchmark = new PoolBenchmark(1, 0.1);
        benchmark.measure(false);
        assertThat(benchmark.figures()).hasSize(8).allSatisfy(figure -> assertThat(figure.value())
                .isPositive());
    }
}
