package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.transport.UartPortInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortChoiceTest {
    private static final UartPortInfo PLAIN = new UartPortInfo("/dev/ttyS0", "Physical Port S0", "", -1, -1, "");
    private static final UartPortInfo CP2102 =
            new UartPortInfo("/dev/ttyUSB0", "CP2102 USB to UART", "Silicon Labs", 0x10c4, 0xea60, "1");
    private static final UartPortInfo S3 =
            new UartPortInfo("/dev/ttyACM0", "USB JTAG", "Espressif", 0x303a, 0x1001, "2");

    @Test
    void theOptionComesFirstThenTheEnvironmentThenTheOnlyLikelyPort() throws Exception {
        Map<String, String> environment = Map.of("UARTNET_PORT", "/dev/env");

        assertThat(PortChoice.of("COM3", environment, List::of)).isEqualTo("COM3");
        assertThat(PortChoice.of(null, environment, () -> List.of(CP2102))).isEqualTo("/dev/env");
        assertThat(PortChoice.of(null, Map.of(), () -> List.of(PLAIN, CP2102))).isEqualTo("/dev/ttyUSB0");
        assertThat(PortChoice.of(null, Map.of("UARTNET_PORT", ""), () -> List.of(S3)))
                .isEqualTo("/dev/ttyACM0");
    }

    @Test
    void withoutAChoiceItSaysWhatToDo() {
        assertThatThrownBy(() -> PortChoice.of(null, Map.of(), List::of))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll("no serial ports", "--port PORT", "$UARTNET_PORT", "--port sim");
        assertThatThrownBy(() -> PortChoice.of(null, Map.of(), () -> List.of(PLAIN)))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll("None looks like an ESP32", "/dev/ttyS0", "--port PORT");
        assertThatThrownBy(() -> PortChoice.of(null, Map.of(), () -> List.of(PLAIN, CP2102, S3)))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll("2 look like an ESP32", "/dev/ttyUSB0, /dev/ttyACM0")
                .hasMessageNotContaining("ttyS0");
        assertThatThrownBy(() -> PortChoice.of(" ", Map.of(), List::of)).isInstanceOf(UsageException.class);
    }

    @Test
    void aPortIsOneLine() {
        assertThat(PortsCommand.line(CP2102, 12))
                .isEqualTo("* /dev/ttyUSB0  10c4:ea60  CP2102 USB to UART (Silicon Labs), serial number 1");
        assertThat(PortsCommand.line(PLAIN, 12)).isEqualTo("  /dev/ttyS0    -          Physical Port S0");
    }
}
