package dev.uartnet.proxy;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Remote objects on the simulator. */
class SimulatorRemoteObjectsTest extends RemoteObjectPrograms {
    private static final DemoModule MODULE = new DemoModule();
    private static TestLine line;

    @BeforeAll
    static void open() throws IOException {
        line = TestLine.open(device -> device.module("demo", MODULE.module()));
    }

    @AfterAll
    static void close() {
        line.close();
    }

    @Override
    ProxyClient client() {
        return line.client;
    }

    @Test
    void twentyThousandObjectsComeAndGo() {
        createAndDrop(20_000);
    }
}
