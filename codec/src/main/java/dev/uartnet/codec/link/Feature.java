package dev.uartnet.codec.link;

import java.util.List;
import java.util.stream.IntStream;

/** Optional parts of the protocol: bits of a number in HELLO and WELCOME ({@code feature} in {@code protocol/constants.txt}). */
public final class Feature {
    /** Frames that the line has spoilt are repeated. */
    public static final long RETRANSMIT = 1;

    /** The line's speed can be changed. An end has it if its link is given a {@link LineSpeed}, and only then. */
    public static final long SPEED = 2;

    /** The device has datagram sockets. */
    public static final long UDP = 4;

    /** The device accepts connections. */
    public static final long LISTEN = 8;

    /** The device can end TLS itself. */
    public static final long TLS = 16;

    /** The device lets the host use its objects. */
    public static final long OBJECTS = 32;

    /** The device's network has IPv6. */
    public static final long IPV6 = 64;

    /** In the order of their bits. */
    private static final List<String> NAMES = List.of("retransmit", "speed", "udp", "listen", "tls", "objects", "ipv6");

    private Feature() {}

    /** Returns the names of the features whose bits are set, as far as this version knows them. */
    public static List<String> names(long bits) {
        return IntStream.range(0, NAMES.size())
                .filter(bit -> (bits & 1L << bit) != 0)
                .mapToObj(NAMES::get)
                .toList();
    }
}
