package dev.uartnet.cli;

import dev.uartnet.transport.UartPortInfo;
import dev.uartnet.transport.UartPorts;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** {@code uartnet ports}. */
@CommandLine.Command(
        name = "ports",
        description = {
            "Lists the serial ports of this machine: path, USB vendor and product, what it calls itself, serial number.",
            "A star marks those that look like an ESP32 (CP210x, CH340, FTDI, Espressif). Pseudo terminals are not listed."
        })
final class PortsCommand implements Command {
    private final Invocation invocation;

    PortsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws Exception {
        List<UartPortInfo> ports = UartPorts.list();
        if (ports.isEmpty()) {
            invocation
                    .error()
                    .println(
                            "no serial ports (is the device plugged in, its driver installed, and may you open it? See the groups of /dev/tty*)");
        }
        int width = ports.stream()
                .mapToInt(port -> port.systemPath().length())
                .max()
                .orElse(0);
        for (UartPortInfo port : ports) {
            invocation.output().line(line(port, width));
        }
        return ExitCodes.DONE;
    }

    /** One port on one line: {@code * /dev/ttyUSB0  10c4:ea60  CP2102 USB to UART (Silicon Labs), serial number 0001}. */
    static String line(UartPortInfo port, int width) {
        String usb = port.vendorId() < 0
                ? "-        "
                : String.format(Locale.ROOT, "%04x:%04x", port.vendorId(), port.productId());
        String maker = port.manufacturer().isEmpty() ? "" : " (" + port.manufacturer() + ")";
        String number = port.serialNumber().isEmpty() ? "" : ", serial number " + port.serialNumber();
        String format = "%s %-" + Math.max(1, width) + "s  %s  %s%s%s";
        return String.format(
                        Locale.ROOT,
                        format,
                        port.looksLikeEsp32() ? "*" : " ",
                        port.systemPath(),
                        usb,
                        port.description(),
                        maker,
                        number)
                .stripTrailing();
    }
}
