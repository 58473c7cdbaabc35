package dev.uartnet.benchmarks.jmh;

import dev.uartnet.benchmarks.codec.CodecBenchmark;
import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** All JMH benchmarks of this module, with their allocation; each in a JVM of its own. */
public final class Microbenchmarks implements Part {
    private static final String ALL = "^dev\\.uartnet\\.benchmarks\\.";
    /** Overrides what {@link CodecBenchmark} says, to see whether all run. */
    private static final TimeValue MOMENT = TimeValue.milliseconds(20);

    @Override
    public String how(Effort effort) {
        return effort.isShort()
                ? "JMH, one iteration of " + MOMENT + " in this JVM"
                : "JMH with -prof gc, one fork, " + CodecBenchmark.WARM_UPS + " warm-up and "
                        + CodecBenchmark.MEASURED + " measured iterations of " + CodecBenchmark.ITERATION_MILLIS
                        + " ms; value is their mean";
    }

    @Override
    public void measure(Run run) throws Exception {
        boolean brief = run.effort().isShort();
        if (brief) {
            System.setProperty("jmh.ignoreLock", "true"); // what another run measures is not disturbed by a moment
        }
        ChainedOptionsBuilder options =
                new OptionsBuilder().include(ALL).addProfiler(GCProfiler.class).shouldFailOnError(true);
        if (brief) {
            options.forks(0).warmupIterations(0).measurementIterations(1).measurementTime(MOMENT);
        }
        for (RunResult result : new Runner(options.build()).run()) {
            new Microbenchmark(result).figures().forEach(run::add);
        }
    }
}
