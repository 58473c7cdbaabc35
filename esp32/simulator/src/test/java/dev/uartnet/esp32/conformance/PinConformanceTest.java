package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: pins. */
@EachBoard
class PinConformanceTest extends BoardConformanceTest {
    private static final int IN = 4;
    private static final int OUT = 18;
    private static final int ANALOG = 34;
    private static final int EDGES_MAX = 64;

    private long open(int pin, String mode, Map<String, ?> options) throws Exception {
        return (Long) host.request(Operation.PIN_OPEN, pin, mode, options).get(0);
    }

    private HostStream watch(String edges, int debounceMicros) throws Exception {
        open(IN, "in", Map.of());
        HostStream watch = host.stream(Operation.PIN_WATCH, IN, edges, debounceMicros);
        host.request(Operation.PING); // so that it is watched
        return watch;
    }

    private void waitUntilLevel(int pin, boolean level) throws Exception {
        long deadline =
                System.nanoTime() + Duration.ofSeconds(ConformanceTest.SECONDS).toNanos();
        while (!host.request(Operation.PIN_READ, pin).equals(List.of(level ? 1L : 0L))) {
            assertThat(System.nanoTime()).as("pin %s becomes %s", pin, level).isLessThan(deadline);
        }
    }

    // Digital

    @Test
    void anInputIsRead() throws Exception {
        assertThat(open(IN, "in", Map.of())).isZero();
        bench.drive(IN, true);
        assertThat(host.request(Operation.PIN_READ, IN)).containsExactly(1L);
        bench.drive(IN, false);
        assertThat(host.request(Operation.PIN_READ, IN)).containsExactly(0L);
    }

    @Test
    void aPullDecidesWhatNobodyDrives() throws Exception {
        assertThat(open(IN, "in", Map.of("pull", "up"))).isEqualTo(1);
        assertThat(open(IN, "in", Map.of("pull", "down"))).isZero();
    }

    @Test
    void anOutputIsWritten() throws Exception {
        assertThat(open(OUT, "out", Map.of("value", 1))).isEqualTo(1);
        assertThat(bench.level(OUT)).isTrue();
        assertThat(host.request(Operation.PIN_WRITE, OUT, 0)).isEmpty();
        assertThat(bench.level(OUT)).isFalse();
    }

    @Test
    void aWireCarriesALevel() throws Exception {
        bench.connect(OUT, IN);
        open(OUT, "out", Map.of("value", 0));
        open(IN, "in", Map.of());
        host.request(Operation.PIN_WRITE, OUT, 1);
        assertThat(host.request(Operation.PIN_READ, IN)).containsExactly(1L);
    }

    @Test
    void anOpenDrainOnlyPullsDown() throws Exception {
        open(OUT, "open_drain", Map.of("value", 1, "pull", "up"));
        assertThat(bench.level(OUT)).isTrue();
        host.request(Operation.PIN_WRITE, OUT, 0);
        assertThat(bench.level(OUT)).isFalse();
        host.request(Operation.PIN_WRITE, OUT, 1);
        bench.drive(OUT, false);
        assertThat(host.request(Operation.PIN_READ, OUT)).containsExactly(0L);
    }

    @Test
    void pinsStayAsTheyAreWhenTheSessionEnds() throws Exception {
        open(OUT, "out", Map.of("value", 1));
        reconnect();
        assertThat(bench.level(OUT)).isTrue();
        assertThat(host.request(Operation.PIN_READ, OUT)).containsExactly(1L);
    }

    @Test
    void wrongArgumentsAreNamed() throws Exception {
        assertBadRequest("pin", Operation.PIN_OPEN, 77, "in", Map.of());
        assertBadRequest("pin", Operation.PIN_OPEN, "NO_SUCH_PIN", "in", Map.of());
        assertBadRequest("pin", Operation.PIN_OPEN, null, "in", Map.of());
        assertBadRequest("mode", Operation.PIN_OPEN, IN, "inward", Map.of());
        assertBadRequest("pull", Operation.PIN_OPEN, IN, "in", Map.of("pull", "left"));
        assertBadRequest("value", Operation.PIN_OPEN, OUT, "out", Map.of("value", 2));
        assertRefused(ErrorCode.UNSUPPORTED, "drive", Operation.PIN_OPEN, OUT, "out", Map.of("drive", 2));
        assertBadRequest("pin", Operation.PIN_READ, 5);
        assertBadRequest("pin", Operation.PIN_WRITE, 5, 1);
        assertBadRequest("pin", Operation.PIN_WATCH, 5, "both", 0);
        open(IN, "in", Map.of());
        assertBadRequest("input", Operation.PIN_WRITE, IN, 1);
        assertBadRequest("edges", Operation.PIN_WATCH, IN, "steep", 0);
        assertBadRequest("debounce", Operation.PIN_WATCH, IN, "both", -1);
        open(OUT, "out", Map.of());
        assertBadRequest("level", Operation.PIN_WRITE, OUT, 2);
        assertBadRequest("frequency", Operation.PWM_SET, OUT, 0, 0);
        assertBadRequest("duty", Operation.PWM_SET, OUT, 1000, 65_536);
        assertBadRequest("attenuation", Operation.ADC_READ, ANALOG, Map.of("attenuation", 3));
        assertBadRequest("interval", Operation.ADC_SAMPLE, ANALOG, 999, 1, Map.of());
        assertBadRequest("samples", Operation.ADC_SAMPLE, ANALOG, 1000, 33, Map.of());
    }

    // Edges

    @Test
    void edgesArriveInOrderWithTheirTimes() throws Exception {
        int count = 200;
        HostStream watch = watch("both", 0).demand(count);
        bench.edges(IN, count, Duration.ofMillis(5));

        long before = 0;
        for (int i = 0; i < count; i++) {
            List<?> edge = watch.array();
            assertThat((Long) edge.get(0)).isGreaterThan(before);
            assertThat(edge.get(1)).isEqualTo((long) (1 - i % 2));
            assertThat(edge.get(2)).isEqualTo(0L);
            before = (Long) edge.get(0);
        }
    }

    @Test
    void onlyWantedEdgesArrive() throws Exception {
        HostStream rising = watch("rising", 0).demand(10);
        bench.drive(IN, true, false, true);
        assertThat(rising.array().get(1)).isEqualTo(1L);
        assertThat(rising.array().get(1)).isEqualTo(1L);
        rising.cancel();

        HostStream falling = watch("falling", 0).demand(10);
        bench.drive(IN, false);
        assertThat(falling.array().get(1)).isEqualTo(0L);
        host.request(Operation.PING);
        assertThat(rising.waiting() + falling.waiting()).isZero();
    }

    @Test
    void edgesWithoutDemandWaitAndWhatIsTooManyIsCounted() throws Exception {
        HostStream watch = watch("both", 0);
        int count = EDGES_MAX + 36;
        boolean[] levels = new boolean[count];
        for (int i = 0; i < count; i += 2) {
            levels[i] = true;
        }
        bench.drive(IN, levels);
        host.request(Operation.PING);
        assertThat(watch.waiting()).isZero();

        watch.demand(1000);
        long arrived = 0;
        long lost = 0;
        long level = -1;
        while (arrived + lost < count) {
            List<?> edge = watch.array();
            arrived++;
            lost += (Long) edge.get(2);
            level = (Long) edge.get(1);
        }
        assertThat(arrived).isEqualTo(EDGES_MAX);
        assertThat(level).as("level after the last edge").isEqualTo(0);
    }

    @Test
    void bouncesCountOnce() throws Exception {
        HostStream watch = watch("both", 200_000).demand(10);
        bench.drive(IN, true, false, true, false, true, false, true, false, true);
        assertThat(watch.array().subList(1, 3)).isEqualTo(List.of(1L, 0L));

        bench.drive(IN, false, true, false);
        assertThat(watch.array().subList(1, 3)).isEqualTo(List.of(0L, 0L));
        assertThat(watch.waiting()).isZero();
    }

    @Test
    void aPinHasOneWatchUntilThatEnds() throws Exception {
        HostStream watch = watch("both", 0).demand(10);
        assertBadRequest("watched", Operation.PIN_WATCH, IN, "both", 0);
        watch.cancel();
        HostStream next = host.stream(Operation.PIN_WATCH, IN, "both", 0).demand(1);
        host.request(Operation.PING);
        bench.drive(IN, true);
        assertThat(next.array().get(1)).isEqualTo(1L);

        reconnect();
        HostStream ofNextHost = host.stream(Operation.PIN_WATCH, IN, "both", 0).demand(1);
        host.request(Operation.PING);
        bench.drive(IN, false);
        assertThat(ofNextHost.array().get(1)).isEqualTo(0L);
    }

    @Test
    void anOutputCanBeWatchedThroughAWire() throws Exception {
        bench.connect(OUT, IN);
        open(OUT, "out", Map.of("value", 0));
        HostStream watch = watch("rising", 0).demand(1);
        host.request(Operation.PIN_WRITE, OUT, 1);
        assertThat(watch.array().get(1)).isEqualTo(1L);
        waitUntilLevel(IN, true);
    }

    // PWM

    @Test
    void pwmIsSetChangedAndEnded() throws Exception {
        List<@Nullable Object> set = host.request(Operation.PWM_SET, OUT, 1000, 32_768);
        assertThat(set).containsExactly(1000L, 32_768L);
        assertThat(bench.pwm(OUT)).containsExactly(1000L, 32_768L);
        host.request(Operation.PWM_SET, OUT, 50, 4915);
        assertThat(bench.pwm(OUT)).containsExactly(50L, 4915L);
        assertThat(host.request(Operation.PWM_SET, OUT, null, 0)).containsExactly(null, 0L);
        assertThat(bench.pwm(OUT)).isEmpty();
    }

    // ADC

    @Test
    void aVoltageIsRead() throws Exception {
        bench.adc(ANALOG, 0);
        assertThat(host.request(Operation.ADC_READ, ANALOG, Map.of())).containsExactly(0L, 0L);
        bench.adc(ANALOG, 800_000);
        List<@Nullable Object> low = host.request(Operation.ADC_READ, ANALOG, Map.of("attenuation", 0));
        List<@Nullable Object> wide = host.request(Operation.ADC_READ, ANALOG, Map.of("attenuation", 11));
        assertThat((Long) wide.get(1)).isBetween(750_000L, 850_000L);
        assertThat((Long) low.get(0)).isGreaterThan((Long) wide.get(0));
    }

    @Test
    void samplesComeInItemsWithTheirTimes() throws Exception {
        bench.adc(ANALOG, 1_000_000);
        HostStream samples = host.stream(Operation.ADC_SAMPLE, ANALOG, 2000, 4, Map.of());
        samples.demand(1000);
        long before = 0;
        long taken = 0;
        while (taken < 40) {
            List<?> item = samples.array();
            assertThat((Long) item.get(0)).isGreaterThan(before);
            before = (Long) item.get(0);
            int count = (item.size() - 2) / 2;
            assertThat(count).isBetween(1, 4);
            for (int i = 0; i < count; i++) {
                assertThat((Long) item.get(3 + 2 * i)).isBetween(950_000L, 1_050_000L);
            }
            taken += count + (Long) item.get(1);
        }
        samples.cancel();
    }

    @Test
    void withoutDemandOneItemWaitsAndTheRestIsLeftOut() throws Exception {
        HostStream samples = host.stream(Operation.ADC_SAMPLE, ANALOG, 1000, 1, Map.of());
        HostStream clock = host.stream(Operation.ADC_SAMPLE, ANALOG, 20_000, 1, Map.of());
        clock.demand(100);
        for (int i = 0; i < 5; i++) {
            clock.item();
        }
        samples.demand(2);
        long first = (Long) samples.array().get(0);
        List<?> next = samples.array();
        assertThat((Long) next.get(1)).isBetween(10L, ((Long) next.get(0) - first) / 1000 + 1);
    }
}
