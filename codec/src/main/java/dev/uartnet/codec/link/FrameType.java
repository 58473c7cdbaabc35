package dev.uartnet.codec.link;

/** The three most significant bits of a frame (PROTOCOL.md, section 3; {@code type} in {@code protocol/constants.txt}). */
public enum FrameType {
    /** A host asks for a session. */
    HELLO(0),
    /** A device offers one. */
    WELCOME(1),
    /** A message, the only frame with a number of its own. */
    DATA(2),
    /** Acknowledges. */
    ACK(3),
    /** Wants an ACK at once. */
    PROBE(4),
    /** There is no session, or no more. */
    RESET(5),
    /** Change of the line's speed. */
    SPEED(6);

    private static final FrameType[] BY_CODE = values();

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    static boolean isKnown(int code) {
        return code < BY_CODE.length;
    }

    static FrameType of(int code) {
        return BY_CODE[code];
    }
}
