package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkResetException;
import dev.uartnet.codec.message.Operation;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 8 of PROTOCOL.md: the device itself. */
@EachBoard
class DeviceConformanceTest extends BoardConformanceTest {
    @Test
    void theDeviceTellsWhatAHostMayDo() throws Exception {
        assertThat(host.info().get("allow")).isEqualTo(List.of("everything"));
    }

    @Test
    void theDeviceTellsItsTemperatureAndWhyItHasStarted() throws Exception {
        bench.temperature(57.5);
        Object told = host.info().get("temperature");
        assertThat(told).isInstanceOf(Double.class);
        assertThat((Double) told).isCloseTo(57.5, Offset.offset(1.0));
        assertThat(host.info().get("reset_reason")).isEqualTo("power on");
    }

    @Test
    void aCollectionTellsTheHeap() throws Exception {
        List<@Nullable Object> heap = host.request(Operation.DEVICE_COLLECT);
        assertThat(heap).hasSize(2);
        assertThat((Long) heap.get(0)).isPositive();
        assertThat((Long) heap.get(1)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"true, hard", "false, soft"})
    void aResetStartsTheDeviceAgain(boolean hard, String reason) throws Exception {
        Object boot = host.info().get("boot_id");
        try (Peer peer = new Peer()) {
            host.connect(0, peer.port(), 1000);
            Socket connection = peer.accept();

            assertThat(host.request(Operation.DEVICE_RESET, hard)).isEmpty();

            assertThat(host.awaitEnd()).isInstanceOf(LinkResetException.class);
            assertThat(Peer.awaitReset(connection)).isTrue();
        }
        reconnect();
        assertThat(host.info().get("boot_id")).isNotEqualTo(boot);
        assertThat(host.info().get("reset_reason")).isEqualTo(reason);
    }

    @Test
    void aWatchdogIsSet() throws Exception {
        assertThat(host.request(Operation.DEVICE_WATCHDOG, 60_000)).containsExactly(60_000L);
    }

    @Test
    void healthIsToldAtOnceAndThenInIntervals() throws Exception {
        HostStream health = host.stream(Operation.DEVICE_HEALTH, 100).demand(3);
        long before = -1;
        for (int i = 0; i < 3; i++) {
            Map<?, ?> told = (Map<?, ?>) health.item();
            assertThat(told.get("heap_free")).isInstanceOf(Long.class);
            long uptime = (Long) told.get("uptime_ms");
            assertThat(uptime).isGreaterThan(before);
            before = uptime;
        }
        health.cancel();
    }

    @Test
    void wrongArgumentsAreNamed() {
        for (@Nullable Object wrong : Arrays.asList(null, 1)) {
            assertBadRequest("hard", Operation.DEVICE_RESET, wrong);
        }
        assertBadRequest("timeout", Operation.DEVICE_WATCHDOG, -1);
        assertBadRequest("interval", Operation.DEVICE_HEALTH, 99);
    }
}
