package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.Firmware;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Remote objects on one real firmware for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FirmwareObjectPrograms extends RemoteObjectPrograms {
    private final Firmware.Builder builder;
    private PythonFirmware device;

    FirmwareObjectPrograms(Firmware.Builder builder) {
        this.builder = builder;
    }

    @BeforeAll
    void start() throws Exception {
        device = PythonFirmware.start(builder);
    }

    @AfterAll
    void stop() {
        if (device != null) {
            device.close();
        }
    }

    @Override
    ProxyClient client() {
        return device.client;
    }

    /** Objects come and go, and the heap has at most so many bytes more in use afterwards. */
    void assertLeavesTheHeap(int objects, long bytes) {
        createAndDrop(200);
        long before = device.heapUsed();
        createAndDrop(objects);
        assertThat(device.heapUsed()).isLessThan(before + bytes);
    }
}
