package dev.uartnet.benchmarks.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every byte is right through the real firmware on bad lines, with few bytes; and the programs that show it with many still run. Their
 * figures mean nothing here.
 */
@Timeout(180)
class LinkRunTest {
    private static final int CALLS = 30;
    private static final int BYTES = 80_000;

    @BeforeAll
    static void needsMicroPython() throws Exception {
        try {
            Firmware.builder().start().close();
        } catch (FirmwareMissingException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            abort(e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "byte error 1e-3",
                "bursts",
                "duplicated",
                "USB batching",
                "FIFO",
                "cut for 1 s",
                "cut for 5 s, keepalive 1 s"
            })
    void everyByteIsRight(String line) throws Exception {
        FaultMatrix matrix = new FaultMatrix(BYTES, line);

        matrix.run();

        assertThat(matrix.rows()).isEqualTo(1);
        assertThat(matrix.failures()).isZero();
    }

    @Test
    void smallTransfersPassLargeOnes() throws Exception {
        Fairness fairness = new Fairness(BYTES, 20);

        fairness.run();

        assertThat(fairness.table()).hasSize(6);
        assertThat(fairness.smallDone()).isPositive();
    }

    @Test
    void remoteCallsAreAnswered() throws Exception {
        RemoteCalls remote = new RemoteCalls(CALLS);

        remote.run();

        assertThat(remote.table()).hasSize(4 + 1 + 2 + 8);
        assertThat(remote.right()).isGreaterThan(2 * 5 * CALLS);
    }

    @Test
    void theSoakRuns() throws Exception {
        assertThat(Soak.run(Duration.ofSeconds(3), 10_000)).isTrue();
    }
}
