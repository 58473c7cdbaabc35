package dev.uartnet.proxy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** TLS on the device with little more than the memory of an ESP32 without PSRAM, and its 15 sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmallFirmwareTlsTest {
    private TestDevice device;

    @BeforeAll
    void open() throws Exception {
        device = TestDevice.board();
    }

    @AfterAll
    void close() throws Exception {
        if (device != null) {
            device.close();
        }
    }

    @Nested
    class TlsOnTheDevice extends DeviceTlsPrograms {
        TlsOnTheDevice() throws Exception {
            super(device);
        }
    }
}
