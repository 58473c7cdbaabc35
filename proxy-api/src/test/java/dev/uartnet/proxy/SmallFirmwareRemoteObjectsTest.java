package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Remote objects on the real firmware with 32-bit objects and a heap of 200 KB. */
class SmallFirmwareRemoteObjectsTest extends RemoteObjectPrograms {
    private static PythonFirmware device;

    @BeforeAll
    static void start() throws Exception {
        device = PythonFirmware.start(Firmware.builder().bits(32).heap("200k"));
    }

    @AfterAll
    static void stop() {
        if (device != null) {
            device.close();
        }
    }

    @Override
    ProxyClient client() {
        return device.client;
    }

    @Test
    void objectsComeAndGoAndLeaveTheHeapAsItWas() {
        createAndDrop(200);
        long before = device.heapUsed();
        createAndDrop(2_000);
        assertThat(device.heapUsed()).isLessThan(before + 2_000);
    }
}
