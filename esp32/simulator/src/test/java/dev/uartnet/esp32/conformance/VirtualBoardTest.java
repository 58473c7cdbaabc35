package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.esp32.SimulatedNetwork;
import dev.uartnet.esp32.SimulatedRadio;
import dev.uartnet.esp32.VirtualEsp32;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only a virtual device can be made to do. */
class VirtualBoardTest {
    private @Nullable VirtualEsp32 device;
    private @Nullable Device line;
    private @Nullable Host host;

    private Host begin(VirtualEsp32.Builder builder) throws Exception {
        device = builder.build();
        line = Device.inMemory(device);
        host = new Host(line);
        host.request(Operation.PING);
        return host;
    }

    private VirtualEsp32 device() {
        assertThat(device).isNotNull();
        return device;
    }

    private Host reconnect() throws Exception {
        assertThat(line).isNotNull();
        assertThat(host).isNotNull();
        host.close();
        host = new Host(line);
        return host;
    }

    @AfterEach
    void stop() {
        if (host != null && line != null) {
            host.close();
            line.close();
        }
    }

    private static void assertNotAllowed(Host host, String group, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode()).as(operation + ": " + error.text()).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(error.text()).contains(group).contains("\"allow\"");
    }

    // What hosts may do

    @Test
    void theUsualPolicyIsWithoutFiles() throws Exception {
        Host host = begin(VirtualEsp32.builder());
        assertThat(host.info().get("allow")).isEqualTo(List.of("wifi", "clock", "pins", "device"));
        assertNotAllowed(host, "files", Operation.FILE_LIST, "/");
        assertNotAllowed(host, "files", Operation.FILE_READ, "/uartnet.json");
        assertThat(host.request(Operation.CLOCK_GET)).hasSize(2);
    }

    @Test
    void socketsAloneCanBeAllowed() throws Exception {
        Host host = begin(VirtualEsp32.builder().allow("sockets"));
        assertThat(host.info().get("allow")).isEqualTo(List.of());
        assertNotAllowed(host, "wifi", Operation.WIFI_STATUS);
        assertNotAllowed(host, "clock", Operation.CLOCK_GET);
        assertNotAllowed(host, "pins", Operation.PIN_OPEN, 4, "in", Map.of());
        assertNotAllowed(host, "device", Operation.DEVICE_RESET, true);
        assertThat(host.request(Operation.DEVICE_COLLECT)).hasSize(2);
        assertThat(host.stream(Operation.DEVICE_HEALTH, 1000).demand(1).item()).isInstanceOf(Map.class);
    }

    @Test
    void theFileOfSavedNetworksIsNoHosts() throws Exception {
        Host host = begin(VirtualEsp32.builder().allow("everything"));
        assertThat(host.refused(Operation.FILE_READ, "/uartnet.networks.json").errorCode())
                .isEqualTo(ErrorCode.NOT_ALLOWED);
    }

    // Starts

    @Test
    void theConfigurationIsHeededAtTheNextStart() throws Exception {
        Host host = begin(VirtualEsp32.builder().allow("everything"));
        device().radio().add(SimulatedNetwork.secured("home", "correct horse"));
        byte[] configuration =
                "{\"ssid\": \"home\", \"password\": \"correct horse\", \"hostname\": \"bench\", \"allow\": [\"wifi\"]}"
                        .getBytes(StandardCharsets.UTF_8);
        host.request(Operation.FILE_WRITE, "/uartnet.json", 0, configuration, true);
        assertThat(device().radio().joined()).isEqualTo(SimulatedRadio.FIRST);

        device().reset(true);
        host.awaitEnd();

        assertThat(device().radio().joined()).isEqualTo("home");
        host = reconnect();
        Map<?, ?> status = (Map<?, ?>) host.request(Operation.WIFI_STATUS).get(0);
        assertThat(status.get("hostname")).isEqualTo("bench");
        assertNotAllowed(host, "files", Operation.FILE_LIST, "/");
        assertThat(device().files().read("/uartnet.json")).isEqualTo(configuration);
    }

    @Test
    void aWatchdogStartsAFirmwareThatHangs() throws Exception {
        Host host = begin(VirtualEsp32.builder());
        int boot = device().bootId();
        host.request(Operation.DEVICE_WATCHDOG, 1000);

        device().hang();
        assertThat(host.awaitEnd()).hasMessageContaining("rebooted");

        host = reconnect();
        assertThat(host.info().get("reset_reason")).isEqualTo("watchdog");
        assertThat(device().bootId()).isNotEqualTo(boot);
        assertThat(device().resets()).containsExactly("watchdog");
    }

    @Test
    void aFirmwareThatHangsSaysNothingUntilItIsReset() throws Exception {
        Host host = begin(VirtualEsp32.builder());
        device().hang();
        var unanswered = host.begin(Operation.PING, Duration.ofMillis(200));
        Host.await(unanswered);
        assertThat(unanswered.isSuccess()).isFalse();

        device().reset(false);
        host.awaitEnd();
        assertThat(reconnect().info().get("reset_reason")).isEqualTo("soft");
    }

    // The rest

    @Test
    void theFirmwaresLogReachesTheHost() throws Exception {
        Host host = begin(VirtualEsp32.builder());
        device().log(30, "the battery is low");
        assertThat(host.awaitEvent(EventKind.LOG)).containsExactly(30L, "the battery is low");
    }

    @Test
    void aFileSystemCanBeFull() throws Exception {
        Host host = begin(VirtualEsp32.builder().allow("files"));
        device().files().write("/kept", "as it was");
        device().files().capacity(2000);
        host.request(Operation.FILE_WRITE, "/kept", 0, new byte[900], false);
        RequestFailedException error = host.refused(Operation.FILE_WRITE, "/kept", 900, new byte[900], true);
        assertThat(error.errorCode()).isEqualTo(ErrorCode.FILE_NO_SPACE);
        assertThat(device().files().read("/kept")).isEqualTo("as it was".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anAttemptToJoinHasItsTime() throws Exception {
        Host host = begin(VirtualEsp32.builder());
        device().radio().add(SimulatedNetwork.open("slow"));
        device().radio().joinTime(Duration.ofMinutes(1));
        RequestFailedException error = host.refused(Operation.WIFI_CONNECT, "slow", null, Map.of("timeout_ms", 100));
        assertThat(error.errorCode()).isEqualTo(ErrorCode.TIMED_OUT);
    }

    @Test
    void afterAWrongPasswordTheDeviceGoesBack() throws Exception {
        Host host = begin(VirtualEsp32.builder());
        device().radio().add(SimulatedNetwork.secured("home", "correct horse"));
        host.refused(Operation.WIFI_CONNECT, "home", "wrong horse", Map.of());
        List<@Nullable Object> event;
        do {
            event = host.awaitEvent(EventKind.NETWORK);
        } while (!Boolean.TRUE.equals(event.get(0)));
        assertThat(device().radio().joined()).isEqualTo(SimulatedRadio.FIRST);
    }

    @Test
    void aDeviceThatIsOffHasNoPins() throws Exception {
        VirtualEsp32 off = VirtualEsp32.builder().build();
        off.close();
        assertThatThrownBy(() -> off.pins().drive(4, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("switched off");
    }
}
