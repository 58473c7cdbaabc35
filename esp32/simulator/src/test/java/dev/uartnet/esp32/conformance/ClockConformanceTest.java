package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: the clock. */
@EachBoard
class ClockConformanceTest extends BoardConformanceTest {
    private static final long MARGIN =
            Duration.ofSeconds(ConformanceTest.SECONDS).toNanos() / 1000;
    private static final long HOUR = Duration.ofHours(1).toNanos() / 1000;
    private static final int TIMEOUT_MILLIS = 8000;

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private static void assertNear(@Nullable Object micros, long expected) {
        assertThat(micros).isInstanceOf(Long.class);
        assertThat((Long) micros).isCloseTo(expected, Offset.offset(MARGIN));
    }

    @Test
    void aClockThatWasNotSetSaysSo() throws Exception {
        assertThat(host.request(Operation.CLOCK_GET).get(1)).isEqualTo(false);
    }

    @Test
    void theClockCanBeSet() throws Exception {
        long wanted = now() + 24 * HOUR;
        List<@Nullable Object> answer = host.request(Operation.CLOCK_SET, wanted);
        assertNear(answer.get(0), wanted);
        assertThat(answer.get(1)).isEqualTo(true);

        List<@Nullable Object> read = host.request(Operation.CLOCK_GET);
        assertNear(read.get(0), wanted);
        assertThat((Long) read.get(0)).isGreaterThanOrEqualTo(wanted);
        assertThat(read.get(1)).isEqualTo(true);
    }

    @Test
    void aTimeServerSetsTheClock() throws Exception {
        host.request(Operation.CLOCK_SET, now());
        bench.ntpOffset(Duration.ofHours(1));

        List<@Nullable Object> answer = host.request(Operation.CLOCK_SYNC, TestNameServer.SERVER, TIMEOUT_MILLIS);

        assertNear(answer.get(0), now() + HOUR);
        assertThat(answer.get(1)).isEqualTo(true);
        assertNear(answer.get(2), HOUR);
        assertNear(host.request(Operation.CLOCK_GET).get(0), now() + HOUR);
        assertNear(
                host.request(Operation.CLOCK_SYNC, Peer.localhost(), TIMEOUT_MILLIS)
                        .get(2),
                0);
    }

    @Test
    void aTimeServerThatIsSilentIsToldInTime() {
        bench.ntpSilent(true);
        assertRefused(ErrorCode.TIMED_OUT, "", Operation.CLOCK_SYNC, TestNameServer.SERVER, 300);
    }

    @Test
    void waitingForATimeServerCanBeCancelled() throws Exception {
        bench.ntpSilent(true);
        Future<List<@Nullable Object>> sync =
                host.begin(Operation.CLOCK_SYNC, Host.NO_DEADLINE, TestNameServer.SERVER, TIMEOUT_MILLIS);
        sync.cancel(false);
        bench.ntpSilent(false);
        assertThat(host.request(Operation.CLOCK_GET).get(1)).isEqualTo(false);
        assertThat(host.request(Operation.CLOCK_SYNC, TestNameServer.SERVER, TIMEOUT_MILLIS))
                .hasSize(3);
    }

    @Test
    void anUnknownTimeServerIsTold() {
        assertRefused(ErrorCode.NAME_NOT_FOUND, "", Operation.CLOCK_SYNC, "nowhere.test", TIMEOUT_MILLIS);
    }

    @Test
    void withoutANetworkThereIsNoTimeServer() throws Exception {
        bench.outage();
        host.awaitEvent(EventKind.NETWORK);
        assertRefused(ErrorCode.NETWORK_DOWN, "Wi-Fi", Operation.CLOCK_SYNC, TestNameServer.SERVER, TIMEOUT_MILLIS);
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertBadRequest("microseconds", Operation.CLOCK_SET, -1);
        assertBadRequest("microseconds", Operation.CLOCK_SET, 0);
        assertBadRequest("microseconds", Operation.CLOCK_SET, "now");
        assertBadRequest("server", Operation.CLOCK_SYNC, 5, TIMEOUT_MILLIS);
        assertBadRequest("timeout", Operation.CLOCK_SYNC, null, 0);
    }
}
