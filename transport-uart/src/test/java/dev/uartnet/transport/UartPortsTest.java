package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UartPortsTest {
    @ParameterizedTest
    @CsvSource({
        "0x10c4, 0xea60, true", // CP210x
        "0x10c4, 0x0001, false",
        "0x1a86, 0x7523, true", // CH340
        "0x1a86, 0x55d4, true", // CH9102
        "0x0403, 0x6010, true", // FT2232
        "0x303a, 0x1001, true", // USB-JTAG of an ESP32-S3
        "0x2341, 0x0043, false", // an Arduino Uno
        "-1, -1, false"
    })
    void marksWhatLooksLikeAnEsp32(String vendor, String product, boolean expected) {
        UartPortInfo info =
                new UartPortInfo("/dev/ttyUSB0", "", "", Integer.decode(vendor), Integer.decode(product), "");
        assertThat(info.looksLikeEsp32()).isEqualTo(expected);
    }

    @Test
    void listsPortsThatExist() {
        assertThat(UartPorts.list())
                .allSatisfy(port -> assertThat(port.systemPath()).isNotBlank());
    }
}
