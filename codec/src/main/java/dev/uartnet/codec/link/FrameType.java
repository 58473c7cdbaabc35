package dev.uartnet.codec.link;

/** The three most significant bits of a frame (PROTOCOL.md, section 3; {@code type} in {@code protocol/constants.txt}). */
public enum FrameType {
    /** A host asks for a session. */
    HELLO,
    /** A device offers one. */
    WELCOME,
    /** A message, the only frame with a number of its own. */
    DATA,
    /** Acknowledges. */
    ACK,
    /** Wants an ACK at once. */
    PROBE,
    /** There is no session, or no more. */
    RESET,
    /** Change of the line's speed. */
    SPEED;

    private static final FrameType[] BY_CODE = values();

    /** Returns the number on the wire. */
    public int code() {
        return ordinal();
    }

    static boolean isKnown(int code) {
        return code < BY_CODE.length;
    }

    static FrameType of(int code) {
        return BY_CODE[code];
    }
}
