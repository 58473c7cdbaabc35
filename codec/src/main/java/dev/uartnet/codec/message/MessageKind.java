package dev.uartnet.codec.message;

/** The first element of a message (PROTOCOL.md, section 7; {@code kind} in {@code protocol/constants.txt}). */
public final class MessageKind {
    public static final int REQUEST = 1;
    public static final int RESPONSE = 2;
    public static final int ERROR = 3;
    public static final int CANCEL = 4;
    public static final int NEXT = 5;
    public static final int DEMAND = 6;
    public static final int OUTPUT = 7;
    public static final int EVENT = 8;
    public static final int CHANNEL_DATA = 16;
    public static final int CHANNEL_CREDIT = 17;
    public static final int CHANNEL_EOF = 18;
    public static final int CHANNEL_CLOSE = 19;
    public static final int CHANNEL_ACCEPT = 20;
    public static final int CHANNEL_DATAGRAM = 21;

    private MessageKind() {}
}
