package dev.uartnet.cli;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.proxy.DeviceInfo;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code uartnet info}. */
@CommandLine.Command(
        name = "info",
        description =
                "Prints what the device says of itself (versions, memory, uptime, why it booted, what it allows, sockets), and how "
                        + "the link fares.")
final class InfoCommand extends DeviceCommand {
    /** What has a line of its own; other things are printed as they come. */
    private static final Set<String> KNOWN = Set.of(
            "firmware",
            "protocol",
            "platform",
            "python",
            "boot_id",
            "uptime_ms",
            "heap_free",
            "heap_used",
            "channels",
            "channels_max",
            "sockets",
            "dns",
            "link",
            "allow",
            "temperature",
            "reset_reason");

    InfoCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    int run(Device device) throws Exception {
        DeviceInfo info = device.await(device.client().info());
        Map<String, String> lines = lines(device, info);
        lines.putAll(LinkReport.section(device.client().session(), device.baud(), device.health(), info.link()));
        invocation.output().labelled(lines);
        return ExitCodes.DONE;
    }

    private static Map<String, String> lines(Device device, DeviceInfo info) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("port", device.name());
        boolean changes = (device.client().session().features() & Feature.SPEED) != 0;
        lines.put(
                "line",
                String.format(Locale.ROOT, "%,d baud", device.client().baudRate())
                        + (changes ? "" : " (this device has no other speed)"));
        lines.put("agent", device.client().session().agent());
        put(lines, "firmware", info.firmware());
        put(lines, "protocol", info.protocol());
        put(lines, "platform", info.platform());
        put(lines, "python", info.python());
        if (info.bootId() != null) {
            lines.put("boot id", String.format("%08x", info.bootId()));
        }
        if (info.uptime() != null) {
            lines.put("uptime", Units.clock(info.uptime()));
        }
        put(lines, "reset", info.resetReason());
        if (info.temperature() != null) {
            lines.put("chip", String.format(Locale.ROOT, "%.1f C", info.temperature()));
        }
        List<String> allow = info.allow();
        if (allow != null) {
            lines.put("allow", allow.isEmpty() ? "sockets" : String.join(", ", allow));
        }
        if (info.heapFree() != null) {
            lines.put(
                    "heap",
                    Units.bytes(info.heapFree()) + " free"
                            + (info.heapUsed() == null ? "" : ", " + Units.bytes(info.heapUsed()) + " used"));
        }
        if (info.channels() != null) {
            lines.put(
                    "sockets",
                    info.channels() + " in use"
                            + (info.channelsMax() == null ? "" : " of " + info.channelsMax())
                            + counted(info.sockets()));
        }
        List<InetSocketAddress> nameServers = info.nameServers();
        if (nameServers != null) {
            lines.put(
                    "dns",
                    nameServers.isEmpty()
                            ? "none"
                            : nameServers.stream()
                                    .map(NetUtil::toSocketAddressString)
                                    .collect(Collectors.joining(", ")));
        }
        info.all().forEach((key, value) -> {
            if (!KNOWN.contains(key)) {
                lines.put(key.replace('_', ' '), String.valueOf(value));
            }
        });
        return lines;
    }

    private static String counted(@Nullable Map<String, Long> sockets) {
        StringBuilder text = new StringBuilder();
        if (sockets != null) {
            sockets.forEach(
                    (name, count) -> text.append(", ").append(count).append(' ').append(name.replace('_', ' ')));
        }
        return text.toString();
    }

    private static void put(Map<String, String> lines, String label, @Nullable String value) {
        if (value != null) {
            lines.put(label, value);
        }
    }
}
