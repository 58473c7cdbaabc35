package dev.uartnet.esp32;

import java.util.Map;

/** What happened to the device's sockets since it booted. Lives on the device's event loop. */
final class SocketCounters {
    private long accepted;
    private long refused;
    private long datagramsDropped;

    /** A connection came in, and the host was told. */
    void accepted() {
        accepted++;
    }

    /** A connection came in, and there was no room for it, or its handshake failed. */
    void refused() {
        refused++;
    }

    /** A datagram came from the network, and could not be passed on. */
    void datagramDropped() {
        datagramsDropped++;
    }

    /** As INFO names them. */
    Map<String, Long> named() {
        return Map.of("accepted", accepted, "refused", refused, "datagrams_dropped", datagramsDropped);
    }
}
