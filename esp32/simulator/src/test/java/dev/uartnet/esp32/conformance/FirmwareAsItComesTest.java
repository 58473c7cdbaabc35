package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Boards without PSRAM, with the sockets of one and nothing set: what there is no room for is refused in words. */
@ParameterizedClass
@ValueSource(strings = {FirmwareAsItComesTest.SMALL, "200k"})
class FirmwareAsItComesTest {
    static {
        Leaks.watch();
    }

    static final String SMALL = "110k";
    private static final int PIN = 18;

    private static Device device;

    @Parameter
    String heap;

    private Host host;

    @BeforeParameterizedClassInvocation
    static void startDevice(String heap) throws IOException {
        try {
            Firmware firmware = Firmware.builder()
                    .bits(32)
                    .heap(heap)
                    .environment("UARTNET_CHANNELS", "15")
                    .start();
            device = Device.onPath(firmware.path(), firmware::close);
        } catch (FirmwareMissingException e) {
            throw DeviceKind.missing(e);
        }
    }

    @AfterParameterizedClassInvocation
    static void stopDevice() {
        device.close();
        Leaks.assertNone();
    }

    @BeforeEach
    void open() throws Exception {
        host = new Host(device);
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** Returns the results; without room, which only the small one may lack, null. */
    private @Nullable List<@Nullable Object> ask(int operation, @Nullable Object... args) throws IOException {
        try {
            return host.request(operation, args);
        } catch (RequestFailedException e) {
            assertThat(e.errorCode()).as(e.text()).isEqualTo(ErrorCode.NO_RESOURCES);
            assertThat(e.text()).contains("memory", "channels");
            assertThat(heap).as(e.text()).isEqualTo(SMALL);
            return null;
        }
    }

    @Test
    void itTellsWhatItAllows() throws Exception {
        Map<?, ?> info = host.info();
        assertThat(info.get("allow")).isEqualTo(List.of("wifi", "clock", "pins", "device"));
        assertThat(info.get("channels_max")).isEqualTo(15L);
        assertThat(host.refused(Operation.FILE_LIST, "/").errorCode()).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(host.refused(Operation.OBJECT_IMPORT, "sys").errorCode()).isEqualTo(ErrorCode.NOT_ALLOWED);
    }

    @Test
    void groupsAnswerBesideAnOpenSocket() throws Exception {
        try (Peer peer = new Peer()) {
            peer.echo();
            HostChannel connection = host.connect(0, peer.port(), 8192);

            List<@Nullable Object> status = ask(Operation.WIFI_STATUS);
            if (status != null) {
                assertThat(((Map<?, ?>) status.get(0)).get("state")).isEqualTo("connected");
                assertThat(host.stream(Operation.WIFI_SCAN).all()).hasSize(1);
            }
            List<@Nullable Object> clock = ask(Operation.CLOCK_GET);
            if (clock != null) {
                assertThat(clock).hasSize(2);
            }
            List<@Nullable Object> level = ask(Operation.PIN_OPEN, PIN, "out", Map.of("value", 1));
            if (level != null) {
                assertThat(level).containsExactly(1L);
                host.request(Operation.PIN_WRITE, PIN, 0);
                assertThat(host.request(Operation.PIN_READ, PIN)).containsExactly(0L);
                assertThat(host.request(Operation.PWM_SET, PIN, 1000, 32_768)).containsExactly(1000L, 32_768L);
            }
            assertThat((Long) host.request(Operation.DEVICE_COLLECT).get(0)).isPositive();

            byte[] content = Peer.content(8000);
            connection.send(content);
            assertThat(connection.receive(content.length)).isEqualTo(content);
            connection.sendClose();
            host.awaitChannelsOver();
        }
    }
}
