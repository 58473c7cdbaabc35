package dev.uartnet.proxy;

import dev.uartnet.esp32.LineFaults;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** A line of 921,600 baud, clean. */
class PacedLineProgramsTest {
    private static TestDevice device;

    @BeforeAll
    static void start() throws Exception {
        device = TestDevice.pacedSimulator(LineFaults.NONE);
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
    class Tls extends TlsPrograms {
        Tls() throws Exception {
            super(device);
        }
    }
}
