package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import org.junit.jupiter.api.Test;

/** Remote objects on the real firmware with 32-bit objects and a heap of 200 KB. */
class SmallFirmwareRemoteObjectsTest extends FirmwareObjectPrograms {
    SmallFirmwareRemoteObjectsTest() {
        super(Firmware.builder().bits(32).heap("200k"));
    }

    @Test
    void objectsComeAndGoAndLeaveTheHeapAsItWas() {
        assertLeavesTheHeap(2_000, 2_000);
    }
}
