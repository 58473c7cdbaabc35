package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A failure as a device reports it: a code of the protocol, a text, and the platform's own number where it has one. */
public final class DeviceException extends IOException {
    private static final long serialVersionUID = 1L;
    /** A text must fit the smallest frame (PROTOCOL.md, section 11) whatever a name in it is. */
    private static final int TEXT_CHARS_MAX = 120;

    private final ErrorCode code;
    private final @Nullable Integer errno;

    /**
     * @param code what the host is told
     * @param text for people
     */
    public DeviceException(ErrorCode code, String text) {
        this(code, text, null);
    }

    /**
     * @param code what the host is told
     * @param text for people
     * @param errno Linux's number, or null
     */
    public DeviceException(ErrorCode code, String text, @Nullable Integer errno) {
        super(text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) : text);
        this.code = code;
        this.errno = errno;
    }

    /** Returns what the host is told. */
    public ErrorCode code() {
        return code;
    }

    /** Returns the text for people, at most 120 characters. */
    public String text() {
        String text = getMessage();
        return text == null ? "" : text;
    }

    /** Returns Linux's number of the error, or null. */
    public @Nullable Integer errno() {
        return errno;
    }

    /** An argument of a request has the wrong type or range. */
    static DeviceException badRequest(String argument, String problem) {
        return new DeviceException(ErrorCode.BAD_REQUEST, argument + ": " + problem);
    }

    /** A socket of that kind does not have the option. */
    static DeviceException noSuchOption(String name) {
        return new DeviceException(ErrorCode.UNSUPPORTED, "no such option: " + name);
    }

    /** What a device says of a failed lookup of that name. */
    static DeviceException ofLookup(String name, Throwable cause) {
        if (cause instanceof DeviceException known) {
            return known;
        }
        String text = String.valueOf(cause.getMessage());
        // The JDK has one exception for everything that getaddrinfo says; EAI_AGAIN shows in its text only.
        if (cause instanceof SocketTimeoutException || text.contains("Temporary failure")) {
            return new DeviceException(ErrorCode.NAME_NO_ANSWER, "no name server answered for " + name);
        }
        if (cause instanceof UnknownHostException) {
            return new DeviceException(ErrorCode.NAME_NOT_FOUND, "no such name: " + name);
        }
        return new DeviceException(ErrorCode.NAME_FAILED, "cannot look up " + name + ": " + text);
    }

    /** What a device says of TLS that cannot begin. */
    static DeviceException ofTls(Throwable cause) {
        return cause instanceof DeviceException known
                ? known
                : new DeviceException(ErrorCode.TLS, String.valueOf(cause));
    }

    /** What a device says of a failed socket. */
    static DeviceException ofSocket(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof DeviceException) && cause.getCause() != null) {
            cause = cause.getCause(); // Netty wraps what the socket said
        }
        if (cause instanceof DeviceException known) {
            return known;
        }
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (cause instanceof SSLException) {
            return text.contains("closed")
                    ? new DeviceException(ErrorCode.BROKEN_PIPE, "the peer has ended TLS", 32)
                    : new DeviceException(ErrorCode.TLS, text);
        }
        for (SocketError error : SocketError.values()) {
            if (text.toLowerCase(Locale.ROOT).contains(error.words)) {
                return new DeviceException(error.code, error.text, error.errno);
            }
        }
        return new DeviceException(ErrorCode.IO, text, 5);
    }

    /** The JDK gives a socket's errno away only as words, strerror's. The numbers are Linux's. */
    private enum SocketError {
        REFUSED("connection refused", ErrorCode.CONNECTION_REFUSED, 111),
        RESET("connection reset", ErrorCode.CONNECTION_RESET, "connection reset by peer", 104),
        PIPE("broken pipe", ErrorCode.BROKEN_PIPE, 32),
        ABORTED("connection abort", ErrorCode.CONNECTION_ABORTED, "connection aborted", 103),
        TIMED_OUT("timed out", ErrorCode.TIMED_OUT, "connection timed out", 110),
        NO_HOST("no route to host", ErrorCode.HOST_UNREACHABLE, 113),
        HOST_DOWN("host is down", ErrorCode.HOST_UNREACHABLE, 112),
        NO_NETWORK("network is unreachable", ErrorCode.NETWORK_UNREACHABLE, 101),
        NETWORK_DOWN("network is down", ErrorCode.NETWORK_DOWN, 100),
        NO_ADDRESS("assign requested address", ErrorCode.ADDRESS_NOT_AVAILABLE, "cannot assign requested address", 99),
        ADDRESS_IN_USE("address already in use", ErrorCode.ADDRESS_IN_USE, 98),
        TOO_BIG("message too long", ErrorCode.MESSAGE_TOO_BIG, 90),
        FILES("too many open files", ErrorCode.NO_RESOURCES, 24),
        BUFFERS("no buffer space", ErrorCode.NO_RESOURCES, "no buffer space available", 105),
        FAMILY("unsupportedaddresstype", ErrorCode.ADDRESS_NOT_AVAILABLE, "address family not supported", 97),
        FORBIDDEN("operation not permitted", ErrorCode.NOT_ALLOWED, 1),
        DENIED("permission denied", ErrorCode.NOT_ALLOWED, 13),
        INVALID("invalid argument", ErrorCode.IO, 22);

        final String words;
        final ErrorCode code;
        final String text;
        final int errno;

        SocketError(String words, ErrorCode code, int errno) {
            this(words, code, words, errno);
        }

        SocketError(String words, ErrorCode code, String text, int errno) {
            this.words = words;
            this.code = code;
            this.text = text;
            this.errno = errno;
        }
    }
}
