package dev.uartnet.codec.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Both ends of a link over thousands of lines that do anything, in virtual time ({@link ModelRun} says what is checked). One schedule is
 * replayed with a trace by
 *
 * <pre>mvn -q -pl codec test -Dtest=LinkModelTest -Duartnet.seed=N</pre>
 */
class LinkModelTest {
    private static final int SCHEDULES = Integer.getInteger("uartnet.schedules", 10_000);

    @Test
    void everyMessageArrivesOnceAndInOrderWhateverTheLineDoes(TestReporter reporter) {
        Long replayed = Long.getLong("uartnet.seed");
        if (replayed != null) {
            run(replayed, new ModelTrace(System.out));
            return;
        }
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        LongAdder retransmits = new LongAdder();
        LongAdder altered = new LongAdder();
        LongAdder events = new LongAdder();
        LongAdder sessions = new LongAdder();
        long begin = System.nanoTime();
        LongStream.range(0, SCHEDULES).parallel().forEach(seed -> {
            try {
                ModelRun.Result result = run(seed, null);
                retransmits.add(result.retransmits());
                altered.add(result.altered());
                events.add(result.events());
                sessions.add(result.sessions());
            } catch (Throwable failure) {
                failures.add(failure(seed, failure));
            }
        });
        reporter.publishEntry(SCHEDULES + " schedules in " + (System.nanoTime() - begin) / 1_000_000 + " ms, "
                + sessions + " sessions, " + events + " events, " + altered + " faults, " + retransmits
                + " retransmissions");
        List<String> some = failures.stream().sorted().limit(10).collect(Collectors.toList());
        assertThat(some)
                .as("%d of %d schedules failed", failures.size(), SCHEDULES)
                .isEmpty();
        // Otherwise the lines were too good for this test to show anything.
        assertThat(retransmits.sum()).isGreaterThan(SCHEDULES);
    }

    private static ModelRun.Result run(long seed, @Nullable ModelTrace trace) {
        return new ModelRun(new FaultSchedule(seed), JavaEnd::device, trace).run();
    }

    private static String failure(long seed, Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return "seed " + seed + " (replay: mvn -q -pl codec test -Dtest=LinkModelTest -Duartnet.seed=" + seed + "): "
                + (failure instanceof AssertionError ? "" : failure + (stack.length == 0 ? "" : " at " + stack[0]))
                + failure.getMessage();
    }
}
