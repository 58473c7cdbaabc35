package dev.uartnet.proxy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** All programs on one device: a class for each kind of device and line. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EveryProgram {
    private TestDevice device;

    abstract TestDevice start() throws Exception;

    @BeforeAll
    void open() throws Exception {
        device = start();
    }

    @AfterAll
    void close() throws Exception {
        if (device != null) {
            device.close();
        }
    }

    TestDevice device() {
        return device;
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
