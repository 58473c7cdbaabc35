package dev.uartnet.esp32;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual device is built with.
 *
 * @param channelsMax sockets at once
 * @param channelCredit bytes that the host may have on their way in one channel
 * @param bootId random number of this boot
 * @param bootNanos when that was, by {@link System#nanoTime()}
 * @param nameServers of its network, {@code address:port} each
 * @param version implementation and version
 * @param sockets what happened to sockets since then
 * @param tls who computes for TLS
 * @param policy what hosts may do
 * @param script objects for hosts
 * @param gate who admits requests, null if nobody
 */
record DeviceSettings(
        int channelsMax,
        int channelCredit,
        int bootId,
        long bootNanos,
        List<String> nameServers,
        String version,
        SocketCounters sockets,
        TlsWorkers tls,
        Policy policy,
        ObjectScript script,
        @Nullable RequestGate gate) {
    long uptimeMillis() {
        return (System.nanoTime() - bootNanos) / 1_000_000;
    }
}
