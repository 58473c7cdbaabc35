package dev.uartnet.cli;

import dev.uartnet.proxy.board.WifiNetwork;
import dev.uartnet.proxy.board.WifiSecurity;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** {@code uartnet wifi scan}. */
@CommandLine.Command(
        name = "scan",
        description = {
            "Lists the networks that the device hears, each access point on a line, the strongest first. Takes some seconds.",
            "Signals are in dBm: -30 is very near, below -80 it gets difficult."
        })
final class WifiScanCommand extends DeviceCommand {
    WifiScanCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    int run(Device device) throws Exception {
        List<WifiNetwork> networks = device.await(device.client().wifi().scan());
        if (networks.isEmpty()) {
            invocation.error().println("no network is in reach (is the antenna connected?)");
            return ExitCodes.DONE;
        }
        Table table = new Table("NETWORK", " SIGNAL", " CHANNEL", "SECURITY", "ACCESS POINT");
        for (WifiNetwork network : networks) {
            table.row(
                    network.ssid().isEmpty() ? "(hidden)" : network.ssid(),
                    Integer.toString(network.rssi()),
                    Integer.toString(network.channel()),
                    words(network.security()),
                    network.bssid() == null ? "" : network.bssid().toString());
        }
        table.print(invocation.output());
        return ExitCodes.DONE;
    }

    /** As people write it: {@code WPA/WPA2}. */
    static String words(WifiSecurity security) {
        return switch (security) {
            case OPEN, OTHER -> security.name().toLowerCase(Locale.ROOT);
            case WPA2_ENTERPRISE -> "WPA2 enterprise";
            default -> security.name().replace('_', '/');
        };
    }
}
