package dev.uartnet.benchmarks.codec;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all of them have: nanoseconds an operation, in a JVM of their own, on a thread as event loops have it. All of them together take less than four minutes so.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = CodecBenchmark.WARM_UPS, time = CodecBenchmark.ITERATION_MILLIS, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(
        iterations = CodecBenchmark.MEASURED,
        time = CodecBenchmark.ITERATION_MILLIS,
        timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {EventLoopThread.CUSTOM, EventLoopThread.CLASS, EventLoopThread.NO_LEAK_SAMPLING})
public abstract class CodecBenchmark {
    /** Iterations that do not count. */
    public static final int WARM_UPS = 2;
    /** Iterations that count. */
    public static final int MEASURED = 5;
    /** How long each of them takes. */
    public static final int ITERATION_MILLIS = 400;

    CodecBenchmark() {}
}
