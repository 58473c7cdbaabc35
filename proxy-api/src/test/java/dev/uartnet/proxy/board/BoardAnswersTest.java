package dev.uartnet.proxy.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.NotAllowedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What becomes of what a device says: of little, of nonsense, of failures. */
@Timeout(60)
class BoardAnswersTest {
    private final byte[] mac = {2, 0, 0, 0, 0, (byte) 0xfe};
    private ScriptedDevice device;

    @BeforeEach
    void open() {
        device = new ScriptedDevice();
    }

    @AfterEach
    void close() {
        device.close();
    }

    private static <T> T get(Mono<T> mono) {
        return mono.blockOptional(ScriptedDevice.WAIT).orElseThrow();
    }

    private static Throwable failure(Mono<?> mono) throws Exception {
        CompletableFuture<?> future = mono.toFuture();
        try {
            throw new AssertionError("it succeeded: " + future.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static List<Object> array(Object... values) {
        return new ArrayList<>(Arrays.asList(values));
    }

    // ---- Wi-Fi

    @Test
    void aStatusMaySayNothing() {
        device.answers(Operation.WIFI_STATUS, Map.of());
        WifiStatus status = get(device.client().wifi().status());
        assertThat(status.state()).isEqualTo(WifiStatus.State.UNKNOWN);
        assertThat(status.ssid()).isNull();
        assertThat(status.rssi()).isNull();
        assertThat(status.accessPoint()).isNull();
        assertThat(status.isConnected()).isFalse();
        assertThat(status).hasToString("unknown");
    }

    @Test
    void aStatusSaysEverything() throws Exception {
        device.answers(
                Operation.WIFI_STATUS,
                Map.ofEntries(
                        Map.entry("state", "connected"),
                        Map.entry("ssid", "home"),
                        Map.entry("hostname", "sensor"),
                        Map.entry("bssid", mac),
                        Map.entry("mac", mac),
                        Map.entry("address", new byte[] {10, 0, 0, 2}),
                        Map.entry("netmask", new byte[] {(byte) 255, 0, 0, 0}),
                        Map.entry("gateway", new byte[] {10, 0, 0, 1}),
                        Map.entry("rssi", -61),
                        Map.entry("channel", 6),
                        Map.entry("dns", List.of("10.0.0.1", "[fe80::1]:53")),
                        Map.entry("news", 7),
                        Map.entry("access_point", Map.of("ssid", "own", "security", 3, "clients", 2))));
        WifiStatus status = get(device.client().wifi().status());
        assertThat(status.hostname()).isEqualTo("sensor");
        assertThat(status.mac())
                .isEqualTo(MacAddress.parse("02-00-00-00-00-FE"))
                .hasToString("02:00:00:00:00:fe");
        assertThat(status.address()).isEqualTo(InetAddress.getByName("10.0.0.2"));
        assertThat(status.gateway()).isEqualTo(InetAddress.getByName("10.0.0.1"));
        assertThat(status.nameServers()).containsExactly("10.0.0.1", "[fe80::1]:53");
        assertThat(status.accessPoint()).isEqualTo(new AccessPointStatus("own", null, null, WifiSecurity.WPA2, 2));
        assertThat(status).hasToString("connected to \"home\" (10.0.0.2, -61 dBm)");
    }

    @Test
    void nonsenseNamesTheKey() throws Exception {
        device.answers(Operation.WIFI_STATUS, Map.of("rssi", "strong"));
        assertThat(failure(device.client().wifi().status()))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("Wi-Fi status: \"rssi\" of the device's answer is a String, not an integer");
        device.answers(Operation.WIFI_STATUS, Map.of("address", new byte[3]));
        assertThat(failure(device.client().wifi().status())).hasMessageContaining("\"address\"");
        device.answers(Operation.WIFI_STATUS, Map.of("mac", new byte[7]));
        assertThat(failure(device.client().wifi().status())).hasMessageContaining("\"mac\"");
        device.answers(Operation.WIFI_STATUS, Map.of("dns", List.of("10.0.0.1", 5)));
        assertThat(failure(device.client().wifi().status())).hasMessageContaining("\"dns\"");
        device.answers(Operation.WIFI_STATUS, Map.of("channel", 1L << 40));
        assertThat(failure(device.client().wifi().status())).hasMessageContaining("\"channel\"");
        device.answers(Operation.WIFI_STATUS);
        assertThat(failure(device.client().wifi().status())).hasMessageContaining("the answer");
        device.streams(Operation.WIFI_SCAN, array(new byte[] {1}, mac, "six"));
        assertThat(failure(device.client().wifi().scan().then())).hasMessageContaining("value 3");
        device.streams(Operation.WIFI_SCAN, 7);
        assertThat(failure(device.client().wifi().scan().then())).hasMessageContaining("not an array");
    }

    @Test
    void aNameNeedNotBeText() {
        byte[] odd = {'a', (byte) 0xff};
        device.streams(Operation.WIFI_SCAN, array(odd, mac, 6, -50, 99, true));
        WifiNetwork network = get(device.client().wifi().scan().next());
        assertThat(network.ssidBytes()).isEqualTo(odd);
        assertThat(network.ssid()).startsWith("a").hasSize(2);
        assertThat(network.security()).isEqualTo(WifiSecurity.OTHER);
        assertThat(network.hidden()).isTrue();
    }

    @Test
    void joiningFailsInWords() throws Exception {
        Map<ErrorCode, WifiException.Reason> reasons = Map.of(
                ErrorCode.WIFI_NOT_FOUND, WifiException.Reason.NOT_FOUND,
                ErrorCode.WIFI_WRONG_PASSWORD, WifiException.Reason.WRONG_PASSWORD,
                ErrorCode.WIFI_FAILED, WifiException.Reason.REFUSED,
                ErrorCode.TIMED_OUT, WifiException.Reason.TIMED_OUT);
        for (Map.Entry<ErrorCode, WifiException.Reason> each : reasons.entrySet()) {
            device.fails(Operation.WIFI_CONNECT, each.getKey(), "reason 7");
            Throwable failure = failure(device.client().wifi().connect("home", "correct horse"));
            assertThat(failure).isInstanceOf(WifiException.class).hasMessageContaining("(device: reason 7)");
            assertThat(((WifiException) failure).reason()).isEqualTo(each.getValue());
        }
        device.fails(Operation.WIFI_CONNECT, ErrorCode.NOT_ALLOWED, "wifi is not in \"allow\" of /uartnet.json");
        assertThat(failure(device.client().wifi().connectSaved()))
                .isInstanceOf(NotAllowedException.class)
                .hasMessageContaining("wifi is not in \"allow\"");
        // The request as the device got it, and as a log would have it.
        WifiConnect network =
                WifiConnect.to("home").password("correct horse").save().timeout(Duration.ofSeconds(3));
        failure(device.client().wifi().connect(network));
        assertThat(device.asked().args().subList(0, 2)).isEqualTo(List.of("home", "correct horse"));
        assertThat(device.asked().args().get(2)).isEqualTo(Map.of("save", true, "timeout_ms", 3000L));
        assertThat(device.asked().toString()).doesNotContain("correct horse");
        assertThat(network.toString()).contains("home").doesNotContain("correct horse");
        assertThat(AccessPoint.named("own").password("correct horse").toString())
                .doesNotContain("correct horse");
    }

    @Test
    void changesBeginWithWhatIs() {
        device.answers(Operation.WIFI_STATUS, Map.of("state", "lost", "ssid", "home", "reason", "it is gone"));
        StepVerifier.create(device.client().wifi().changes())
                .assertNext(change -> {
                    assertThat(change.connected()).isFalse();
                    assertThat(change.text()).isEqualTo("lost \"home\": it is gone");
                })
                .then(() -> device.tells(EventKind.NETWORK, true, new byte[] {10, 0, 0, 2}, "joined \"home\" again"))
                .assertNext(change -> {
                    assertThat(change.connected()).isTrue();
                    assertThat(change).hasToString("up 10.0.0.2: joined \"home\" again");
                })
                .then(() -> device.client().dispose())
                .verifyComplete();
    }

    // ---- the others

    @Test
    void aClockHasMicroseconds() throws Exception {
        Instant time = Instant.parse("1969-12-31T23:59:59.999999Z");
        device.answers(Operation.CLOCK_SET, -1L, true);
        assertThat(get(device.client().clock().set(time.plusNanos(999)))).isEqualTo(time);
        assertThat(device.asked().args()).isEqualTo(List.of(-1L));
        device.answers(Operation.CLOCK_GET, "noon", true);
        assertThat(failure(device.client().clock().now())).hasMessageContaining("value 1");
        device.answers(Operation.CLOCK_GET, 5L);
        assertThat(failure(device.client().clock().isSet())).hasMessage("clock: the device's answer lacks value 2");
        assertThatThrownBy(() -> device.client().clock().sync(null, Duration.ZERO))
                .hasMessageContaining("timeout");
    }

    @Test
    void aVoltageMayBeUnknown() {
        device.answers(Operation.ADC_READ, 65_535L, null);
        assertThat(get(device.client().pins().adc(34).read())).isEqualTo(new AdcReading(65_535, null));
        device.streams(Operation.ADC_SAMPLE, array(1_000L, 3L, 5L, null, 6L, 250_000L));
        assertThat(get(device.client()
                        .pins()
                        .adc(34)
                        .sample(Duration.ofMillis(2))
                        .collectList()))
                .containsExactly(
                        new AdcSample(Duration.ofMillis(1), 5, null, 3),
                        new AdcSample(Duration.ofMillis(3), 6, 0.25, 0));
        assertThat(device.asked().args().subList(0, 3)).isEqualTo(List.of(34L, 2000L, 25L));
    }

    @Test
    void aModulationIsEndedByNumberOrName() {
        device.answers(Operation.PWM_SET, null, 0L);
        device.client().pins().stopPwm(2).block(ScriptedDevice.WAIT);
        assertThat(device.asked().args()).isEqualTo(Arrays.asList(2L, null, 0L));
        device.client().pins().stopPwm("LED").block(ScriptedDevice.WAIT);
        assertThat(device.asked().args()).isEqualTo(Arrays.asList("LED", null, 0L));
    }

    @Test
    void whatCannotBeIsRefusedAtOnce() {
        Pins pins = device.client().pins();
        assertThatThrownBy(() -> pins.pwm(2, 0, 0.5)).hasMessageContaining("frequency");
        assertThatThrownBy(() -> pins.pwm(2, 50, 1.5)).hasMessageContaining("duty");
        assertThatThrownBy(() -> pins.pwm(2, 50, Double.NaN)).hasMessageContaining("duty");
        assertThatThrownBy(() -> pins.adc(34).sample(Duration.ofNanos(999_999))).hasMessageContaining("interval");
        assertThatThrownBy(() -> device.client().device().health(Duration.ofMillis(99)))
                .hasMessageContaining("interval");
        assertThatThrownBy(() -> MacAddress.parse("02:00")).hasMessageContaining("02:00");
        assertThatThrownBy(() -> WifiConnect.to("home").timeout(Duration.ZERO)).hasMessageContaining("timeout");
    }

    @Test
    void aDeviceNeedNotHaveAThermometer() {
        device.answers(Operation.INFO, Map.of());
        assertThat(device.client().device().temperature().block(ScriptedDevice.WAIT))
                .isNull();
        assertThat(get(device.client().device().resetCause())).isEqualTo(ResetCause.UNKNOWN);
        device.answers(Operation.INFO, Map.of("reset_reason", "deep sleep", "temperature", 40.5));
        assertThat(get(device.client().device().resetCause())).isEqualTo(ResetCause.DEEP_SLEEP);
        assertThat(get(device.client().device().temperature())).isEqualTo(40.5);
    }

    @Test
    void logsAndPrints() {
        StepVerifier.create(device.client().device().log())
                .then(() -> device.tells(EventKind.LOG, null, "left out"))
                .then(() -> device.tells(EventKind.LOG, 30, "no server answers"))
                .assertNext(line -> {
                    assertThat(line).isEqualTo(new DeviceLog(30, "no server answers"));
                    assertThat(line.severity()).isEqualTo(System.Logger.Level.WARNING);
                })
                .thenCancel()
                .verify(ScriptedDevice.WAIT);
        StepVerifier.create(device.client().device().output())
                .then(() -> device.tells(EventKind.OUTPUT, "tick\n"))
                .expectNext("tick\n")
                .then(() -> device.client().dispose())
                .expectComplete()
                .verify(ScriptedDevice.WAIT);
    }

    @Test
    void filesFailInWords() throws Exception {
        device.fails(Operation.FILE_WRITE, ErrorCode.FILE_NO_SPACE, "[Errno 28] ENOSPC");
        assertThat(failure(device.client().files().write("/f", "text")))
                .isInstanceOf(FileSystemException.class)
                .hasMessage("/f: no space left on the device (device: [Errno 28] ENOSPC)");
        device.fails(Operation.FILE_READ, ErrorCode.IO, "is a directory");
        assertThat(failure(device.client().files().readAll("/f")))
                .isInstanceOf(IOException.class)
                .hasMessage("/f: the device's file system failed (device: is a directory)");
        device.fails(Operation.FILE_REMOVE, ErrorCode.NOT_ALLOWED, "files is not in \"allow\" of /uartnet.json");
        assertThat(failure(device.client().files().remove("/f"))).isInstanceOf(NotAllowedException.class);
        device.streams(Operation.FILE_READ, "text".getBytes(StandardCharsets.US_ASCII), "text");
        assertThat(failure(device.client().files().readAll("/f"))).isInstanceOf(ProtocolException.class);
    }
}
