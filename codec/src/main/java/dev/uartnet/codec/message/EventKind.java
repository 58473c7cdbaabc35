package dev.uartnet.codec.message;

/** What a device says unasked (PROTOCOL.md, section 10; {@code event} in {@code protocol/constants.txt}). */
public final class EventKind {
    public static final int LOG = 1;
    public static final int NETWORK = 2;
    public static final int DROPPED = 4;
    public static final int OUTPUT = 6;
    public static final int DATAGRAM_FAILED = 7;

    private EventKind() {}
}
