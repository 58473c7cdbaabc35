package dev.uartnet.codec.message;

/**
 * Why a request failed or a channel ended (PROTOCOL.md, section 8; {@code error} in {@code protocol/constants.txt}).
 *
 * <p>The codes do not depend on the device's platform, as its errno does.
 */
public enum ErrorCode {
    /** No error: an orderly end of a channel. */
    NONE(0),
    /** The device does not know the operation or the option. */
    UNSUPPORTED(1),
    /** An argument has the wrong type or range. */
    BAD_REQUEST(2),
    /** The host cancelled the request in time. */
    CANCELLED(3),
    /** The deadline of the request passed. */
    DEADLINE(4),
    /** The device's configuration forbids it. */
    NOT_ALLOWED(5),
    /** Sockets, channels or memory of the device are used up. */
    NO_RESOURCES(6),
    /** The channel number is taken. */
    CHANNEL_IN_USE(7),
    /** A defect of the device. */
    INTERNAL(8),
    /** More bytes were sent than granted. */
    CREDIT_EXCEEDED(9),
    /** Another error of the network or a file. */
    IO(16),
    /** ECONNREFUSED. */
    CONNECTION_REFUSED(17),
    /** ECONNRESET. */
    CONNECTION_RESET(18),
    /** ECONNABORTED. */
    CONNECTION_ABORTED(19),
    /** ETIMEDOUT. */
    TIMED_OUT(20),
    /** EHOSTUNREACH. */
    HOST_UNREACHABLE(21),
    /** ENETUNREACH. */
    NETWORK_UNREACHABLE(22),
    /** The device has no network: Wi-Fi is down. */
    NETWORK_DOWN(23),
    /** EADDRINUSE. */
    ADDRESS_IN_USE(24),
    /** EADDRNOTAVAIL. */
    ADDRESS_NOT_AVAILABLE(25),
    /** EPIPE. */
    BROKEN_PIPE(26),
    /** EMSGSIZE. */
    MESSAGE_TOO_BIG(27),
    /** No such name, or it has no address. */
    NAME_NOT_FOUND(32),
    /** No name server answered. */
    NAME_NO_ANSWER(33),
    /** The name server answered with a failure. */
    NAME_FAILED(34),
    /** The TLS handshake failed. */
    TLS(40),
    /** The peer's certificate was not accepted. */
    CERTIFICATE(41),
    /** Code on the device raised an exception. */
    EXCEPTION(48),
    /** No object has that handle. */
    NO_OBJECT(49),
    /** No such Wi-Fi network is in reach. */
    WIFI_NOT_FOUND(56),
    /** The Wi-Fi network did not take the password. */
    WIFI_WRONG_PASSWORD(57),
    /** The Wi-Fi network refused the device. */
    WIFI_FAILED(58),
    /** ENOENT. */
    FILE_NOT_FOUND(60),
    /** ENOSPC. */
    FILE_NO_SPACE(61);

    private static final ErrorCode[] BY_CODE = new ErrorCode[64];

    static {
        for (ErrorCode error : values()) {
            BY_CODE[error.code] = error;
        }
    }

    private final int code;

    ErrorCode(int code) {
        this.code = code;
    }

    /** Returns the number on the wire. */
    public int code() {
        return code;
    }

    /** Returns the error with this number; {@link #INTERNAL} for a number that only a later version knows. */
    public static ErrorCode of(int code) {
        ErrorCode known = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        return known == null ? INTERNAL : known;
    }
}
