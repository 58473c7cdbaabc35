package dev.uartnet.esp32;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual device is built with.
 *
 * @param channelsMax sockets at once
 * @param channelCredit bytes that the host may have on their way in one channel
 * @param nameServers of its network, {@code address:port} each
 * @param version implementation and version
 * @param tls who computes for TLS
 * @param board all that it has besides sockets
 * @param script objects for hosts
 * @param gate who admits requests, null if nobody
 */
record DeviceSettings(
        int channelsMax,
        int channelCredit,
        List<String> nameServers,
        String version,
        TlsWorkers tls,
        Board board,
        ObjectScript script,
        @Nullable RequestGate gate) {}
