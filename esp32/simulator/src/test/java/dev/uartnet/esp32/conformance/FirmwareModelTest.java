package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.FaultSchedule;
import dev.uartnet.codec.link.ModelRun;
import dev.uartnet.codec.link.ModelTrace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The schedules of codec's LinkModelTest with the firmware's link for a device ({@link ModelRun} says what is checked). One is replayed
 * with a trace by
 *
 * <pre>mvn -q -pl esp32/simulator -am test -Dtest=FirmwareModelTest -Dsurefire.failIfNoSpecifiedTests=false -Duartnet.seed=N</pre>
 */
class FirmwareModelTest {
    @ParameterizedTest(name = "{0} bits, heap {1}")
    @CsvSource({"64, 8m, false, 270", "32, 110k, true, 72"})
    void everyMessageArrivesOnceAndInOrderWhateverTheLineDoes(
            int bits, String heap, boolean freshHeap, int schedules, TestReporter reporter) {
        Long replayed = Long.getLong("uartnet.seed");
        List<String> failures = new ArrayList<>();
        long retransmits = 0;
        long events = 0;
        long begin = System.nanoTime();
        try (LockstepFirmware firmware = new LockstepFirmware(bits, heap, freshHeap)) {
            if (replayed != null) {
                new ModelRun(new FaultSchedule(replayed), firmware::boot, new ModelTrace(System.out)).run();
                return;
            }
            for (long seed = 0; seed < schedules; seed++) {
                try {
                    ModelRun.Result result = new ModelRun(new FaultSchedule(seed), firmware::boot, null).run();
                    retransmits += result.retransmits();
                    events += result.events();
                } catch (AssertionError failure) {
                    firmware.stop();
                    failures.add(
                            "seed " + seed + " (replay: mvn -q -pl esp32/simulator -am test -Dtest=FirmwareModelTest"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false -Duartnet.seed=" + seed + "): "
                                    + failure.getMessage());
                }
            }
        }
        reporter.publishEntry(schedules + " schedules in " + (System.nanoTime() - begin) / 1_000_000 + " ms, " + events
                + " events, " + retransmits + " retransmissions");
        assertThat(failures).isEmpty();
        // Otherwise the lines were too good for this test to show anything.
        assertThat(retransmits).isGreaterThan(schedules);
    }
}
