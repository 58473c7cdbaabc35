package dev.uartnet.transport;

import com.fazecast.jSerialComm.SerialPort;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The serial ports of this machine. */
public final class UartPorts {
    private UartPorts() {}

    /**
     * The ports that exist now, by path. Pseudo terminals are not among them. Blocks for the time of a look at the
     * device tree, and at the first call for the unpacking of jSerialComm's native library: not for an event loop.
     */
    public static List<UartPortInfo> list() {
        return JSerialComm.enumerate().stream()
                .map(UartPorts::describe)
                .sorted(Comparator.comparing(UartPortInfo::systemPath))
                .toList();
    }

    private static UartPortInfo describe(SerialPort port) {
        String path = port.getSystemPortPath();
        return new UartPortInfo(
                path.startsWith("\\\\.\\") ? path.substring(4) : path,
                known(port.getPortDescription()),
                known(port.getManufacturer()),
                port.getVendorID(),
                port.getProductID(),
                known(port.getSerialNumber()));
    }

    private static String known(String value) {
        return value.toLowerCase(Locale.ROOT).equals("unknown") ? "" : value;
    }
}
