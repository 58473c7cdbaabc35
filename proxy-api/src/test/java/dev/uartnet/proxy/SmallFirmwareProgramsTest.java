package dev.uartnet.proxy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The real firmware in the memory of an ESP32 without PSRAM. */
class SmallFirmwareProgramsTest {
    private static TestDevice device;

    @BeforeAll
    static void start() throws Exception {
        device = TestDevice.smallFirmware();
    }

    @AfterAll
    static void stop() throws Exception {
        device.close();
    }

    @Nested
    class Http extends HttpPrograms {
        Http() {
            super(device);
        }
    }

    @Nested
    class Server extends ServerPrograms {
        Server() {
            super(device);
        }
    }

    @Nested
    class Udp extends UdpPrograms {
        Udp() {
            super(device);
        }
    }

    @Nested
    class Sockets extends SocketPrograms {
        Sockets() {
            super(device);
        }
    }

    @Nested
    class Churn extends SocketChurn {
        Churn() {
            super(device);
        }

        @Override
        int rounds() {
            return 1_000;
        }
    }

    @Nested
    class Tls extends TlsPrograms {
        Tls() throws Exception {
            super(device);
        }
    }

    @Nested
    class TlsOnTheDevice extends DeviceTlsPrograms {
        TlsOnTheDevice() throws Exception {
            super(device);
        }
    }
}
