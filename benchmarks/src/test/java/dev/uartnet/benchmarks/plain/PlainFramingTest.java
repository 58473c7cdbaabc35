package dev.uartnet.benchmarks.plain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainFramingTest {
    @Test
    void theCheckIsThatOfTheHeaderOfPlainPy() {
        assertThat(PlainFraming.crc16("123456789".getBytes(US_ASCII), 9)).isEqualTo(0x29B1);
    }

    @Test
    void whatIsEncodedComesBack() {
        byte[] body = {1, (byte) 0xC0, (byte) 0xDB, 2};
        byte[] frame = PlainFraming.encode(body);
        List<byte[]> found = new ArrayList<>();

        new PlainFraming().decode(frame, frame.length, found::add);

        assertThat(found).containsExactly(body);
    }

    @Test
    void aDamagedFrameIsDropped() {
        byte[] frame = PlainFraming.encode(new byte[] {1, 2, 3});
        frame[2] ^= 4;
        List<byte[]> found = new ArrayList<>();

        new PlainFraming().decode(frame, frame.length, found::add);

        assertThat(found).isEmpty();
    }
}
