package dev.uartnet.cli;

import dev.uartnet.esp32.SimulatedNetwork;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.UartPort;
import java.io.IOException;

/** The device that {@code --port sim} names: a new one for each command, which allows everything that the simulator can. */
final class SimulatedDevice {
    /** A network to try passwords with, beside the open one that the device is in. */
    static final String SSID = "home";

    static final String PASSWORD = "correct horse";

    private static final int RSSI = -61;
    private static final int CHANNEL = 6;

    private SimulatedDevice() {}

    static VirtualEsp32 start(UartPort port) throws IOException {
        VirtualEsp32 device = VirtualEsp32.builder().allow("everything").start(port);
        device.radio()
                .add(SimulatedNetwork.secured(SSID, PASSWORD).withRssi(RSSI).withChannel(CHANNEL));
        return device;
    }
}
