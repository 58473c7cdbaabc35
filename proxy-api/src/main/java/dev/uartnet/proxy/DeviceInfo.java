package dev.uartnet.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a device says of itself (operation {@code INFO}; PROTOCOL.md, section 8). A device may leave out any of it: then the value is
 * {@code null}.
 *
 * @param firmware the firmware's version
 * @param protocol the version of the protocol that it speaks
 * @param platform the board or system it runs on
 * @param python the interpreter's version
 * @param bootId random number of this boot, unsigned 32 bits
 * @param uptime time since it booted
 * @param heapFree free heap, in bytes
 * @param heapUsed used heap, in bytes
 * @param channels channels in use
 * @param channelsMax channels that it can have at once
 * @param sockets what has happened to its sockets since it booted, by name: connections {@code accepted}, and {@code refused} for want of room or
 *     because a TLS handshake failed, {@code datagrams_dropped}, and what a later version adds
 * @param nameServers the name servers of the device's network, in its order; empty if it has none now
 * @param link what the device's end of the link has counted since it booted, by name: {@code frames} and {@code damaged} (received),
 *     {@code stale}, {@code dropped}, {@code duplicates}, {@code gaps}, {@code retransmits}, {@code timeouts}, and what a later version adds
 * @param allow what the device's configuration lets a host do beside sockets: {@code wifi}, {@code clock}, {@code pins}, {@code device}, {@code files},
 *     {@code exec}, names of modules, or the one word {@code everything}
 * @param temperature of the chip, in degrees Celsius
 * @param resetReason why it booted last: {@code power on}, {@code hard}, {@code soft}, {@code watchdog}, {@code deep sleep}, and what a later version adds
 * @param all everything it said, by key, also what this version does not know
 */
public record DeviceInfo(
        @Nullable String firmware,
        @Nullable String protocol,
        @Nullable String platform,
        @Nullable String python,
        @Nullable Long bootId,
        @Nullable Duration uptime,
        @Nullable Long heapFree,
        @Nullable Long heapUsed,
        @Nullable Integer channels,
        @Nullable Integer channelsMax,
        @Nullable Map<String, Long> sockets,
        @Nullable List<InetSocketAddress> nameServers,
        @Nullable Map<String, Long> link,
        @Nullable List<String> allow,
        @Nullable Double temperature,
        @Nullable String resetReason,
        Map<String, @Nullable Object> all) {

    private static final int DNS_PORT = 53;

    /** What a device said, by key: the map of {@code INFO}, or an item of {@code DEVICE_HEALTH}. What is of a wrong type counts as left out. */
    public static DeviceInfo of(Map<?, ?> said) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        said.forEach((key, value) -> all.put(String.valueOf(key), value));
        Long uptime = number(all, "uptime_ms");
        return new DeviceInfo(
                text(all, "firmware"),
                text(all, "protocol"),
                text(all, "platform"),
                text(all, "python"),
                number(all, "boot_id"),
                uptime == null ? null : Duration.ofMillis(uptime),
                number(all, "heap_free"),
                number(all, "heap_used"),
                integer(all, "channels"),
                integer(all, "channels_max"),
                counters(all.get("sockets")),
                nameServers(all.get("dns")),
                counters(all.get("link")),
                texts(all.get("allow")),
                all.get("temperature") instanceof Number degrees ? (Double) degrees.doubleValue() : null,
                text(all, "reset_reason"),
                Collections.unmodifiableMap(all));
    }

    /** {@code "address"} or {@code "address:port"} each, IPv6 with a port as {@code "[address]:port"}. What is neither is left out. */
    private static @Nullable List<InetSocketAddress> nameServers(@Nullable Object said) {
        if (!(said instanceof List<?> list)) {
            return null;
        }
        List<InetSocketAddress> servers = new ArrayList<>();
        for (Object item : list) {
            InetSocketAddress server = item instanceof String text ? nameServer(text) : null;
            if (server != null) {
                servers.add(server);
            }
        }
        return Collections.unmodifiableList(servers);
    }

    private static @Nullable InetSocketAddress nameServer(String text) {
        byte[] figures = NetUtil.createByteArrayFromIpAddressString(text);
        int port = DNS_PORT;
        int colon = text.lastIndexOf(':');
        try {
            if (figures == null && colon > 0) {
                figures = NetUtil.createByteArrayFromIpAddressString(text.substring(0, colon));
                port = Integer.parseInt(text.substring(colon + 1));
            }
            return figures == null ? null : new InetSocketAddress(InetAddress.getByAddress(figures), port);
        } catch (UnknownHostException | IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Map<String, Long> counters(@Nullable Object said) {
        if (!(said instanceof Map<?, ?> map)) {
            return null;
        }
        Map<String, Long> counters = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (name instanceof String known && value instanceof Number number) {
                counters.put(known, number.longValue());
            }
        });
        return Collections.unmodifiableMap(counters);
    }

    private static @Nullable List<String> texts(@Nullable Object said) {
        return said instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : null;
    }

    private static @Nullable String text(Map<String, @Nullable Object> all, String key) {
        return all.get(key) instanceof String text ? text : null;
    }

    private static @Nullable Long number(Map<String, @Nullable Object> all, String key) {
        return all.get(key) instanceof Number number ? (Long) number.longValue() : null;
    }

    private static @Nullable Integer integer(Map<String, @Nullable Object> all, String key) {
        return all.get(key) instanceof Number number ? (Integer) number.intValue() : null;
    }
}
