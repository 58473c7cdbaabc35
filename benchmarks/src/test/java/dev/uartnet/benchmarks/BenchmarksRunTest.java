package dev.uartnet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.benchmarks.codec.FrameBenchmark;
import dev.uartnet.benchmarks.codec.LinkFrameBenchmark;
import dev.uartnet.benchmarks.codec.MessageBenchmark;
import dev.uartnet.benchmarks.codec.RequestBenchmark;
import dev.uartnet.benchmarks.codec.StreamBenchmark;
import java.util.Collection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark still runs, for a moment; the figures mean nothing here. */
class BenchmarksRunTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                FrameBenchmark.class,
                LinkFrameBenchmark.class,
                MessageBenchmark.class,
                RequestBenchmark.class,
                StreamBenchmark.class
            })
    void runs(Class<?> benchmark) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(benchmark.getName())
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
        assertThat(results).isNotEmpty().allSatisfy(result -> assertThat(
                        result.getPrimaryResult().getScore())
                .isPositive());
    }
}
