package dev.uartnet.cli;

import dev.uartnet.esp32.SimulatedNetwork;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartPort;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The device that {@code --port sim} names: a new one for each command, which allows everything that the simulator can. */
final class SimulatedDevice {
    /** A network to try passwords with, beside the open one that the device is in. */
    static final String SSID = "home";

    static final String PASSWORD = "correct horse";

    private static final int RSSI = -61;
    private static final int CHANNEL = 6;

    private SimulatedDevice() {}

    /** Starts one that no line leads to yet. */
    static VirtualEsp32 start() {
        VirtualEsp32 device = VirtualEsp32.builder().allow("everything").build();
        device.radio()
                .add(SimulatedNetwork.secured(SSID, PASSWORD).withRssi(RSSI).withChannel(CHANNEL));
        return device;
    }

    /** Returns the host's end of a new line to it: one of memory can be opened only once. */
    static UartPort line(VirtualEsp32 device) {
        MemoryPort.Pair line = MemoryPort.pair();
        try {
            device.serve(line.a());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.b();
    }
}
