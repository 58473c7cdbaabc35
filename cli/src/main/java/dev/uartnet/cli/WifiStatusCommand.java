package dev.uartnet.cli;

import dev.uartnet.proxy.board.AccessPointStatus;
import dev.uartnet.proxy.board.WifiStatus;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code uartnet wifi status}. */
@CommandLine.Command(
        name = "status",
        description = "Tells which network the device is in, how strong it is, and which addresses it has.")
final class WifiStatusCommand extends DeviceCommand {
    WifiStatusCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    int run(Device device) throws Exception {
        invocation.output().labelled(lines(device.await(device.client().wifi().status())));
        return ExitCodes.DONE;
    }

    static Map<String, String> lines(WifiStatus status) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("state", status.state().name().toLowerCase(Locale.ROOT));
        put(lines, "reason", status.reason());
        put(lines, "network", status.ssid());
        put(lines, "via", status.bssid());
        put(lines, "signal", status.rssi() == null ? null : status.rssi() + " dBm");
        put(lines, "channel", status.channel());
        put(lines, "address", text(status.address()));
        put(lines, "netmask", text(status.netmask()));
        put(lines, "gateway", text(status.gateway()));
        List<String> nameServers = status.nameServers();
        put(lines, "dns", nameServers == null || nameServers.isEmpty() ? null : String.join(", ", nameServers));
        put(lines, "hostname", status.hostname());
        put(lines, "mac", status.mac());
        AccessPointStatus offered = status.accessPoint();
        put(lines, "offers", offered == null ? null : offered(offered));
        return lines;
    }

    private static String offered(AccessPointStatus accessPoint) {
        return accessPoint.ssid()
                + (accessPoint.security() == null ? "" : ", " + WifiScanCommand.words(accessPoint.security()))
                + (accessPoint.channel() == null ? "" : ", channel " + accessPoint.channel())
                + (accessPoint.address() == null ? "" : ", address " + text(accessPoint.address()))
                + (accessPoint.clients() == null ? "" : ", " + Units.count(accessPoint.clients(), "client"));
    }

    private static @Nullable String text(@Nullable InetAddress address) {
        return address == null ? null : address.getHostAddress();
    }

    private static void put(Map<String, String> lines, String label, @Nullable Object value) {
        if (value != null) {
            lines.put(label, value.toString());
        }
    }
}
