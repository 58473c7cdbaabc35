package dev.uartnet.codec.link;

/** Why a session ends (PROTOCOL.md, section 4; {@code reset} in {@code protocol/constants.txt}). */
public enum ResetReason {
    /** The device has booted. */
    BOOT(0),
    /** The device has no session with that tag. */
    NO_SESSION(1),
    /** An orderly end. */
    CLOSED(2),
    /** The other end speaks another major version of the protocol. */
    VERSION(3),
    /** The device serves another host. */
    BUSY(4),
    /** The other end sent something that the protocol forbids. */
    PROTOCOL(5),
    /** Nothing was heard for three keepalive intervals. */
    SILENT(6),
    /** A frame was lost and cannot be repeated. */
    FRAME_LOST(7);

    private static final ResetReason[] BY_CODE = values();

    private final int code;

    ResetReason(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    /** Returns the reason with this number; {@link #PROTOCOL} for a number that only a later version knows. */
    public static ResetReason of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : PROTOCOL;
    }
}
