package dev.uartnet.proxy;

import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * The device has not resolved a name; {@link #reason()} says why. The message has the device's own words.
 *
 * <p>It is an {@link UnknownHostException}, so that what knows only sockets of this host knows it, too. The end of the link is none of its
 * reasons: that is a {@link LinkLostException}.
 */
public final class NameResolutionException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    /** Why a name was not resolved. */
    public enum Reason {
        /** There is no such name (NXDOMAIN), or it has no address. Asking again is of no use. */
        NOT_FOUND("no such name, or it has no address"),
        /** No name server has answered the device in time. */
        NO_ANSWER("no name server answered the device"),
        /** The name server has answered with a failure (SERVFAIL, REFUSED). */
        SERVER_FAILED("the name server failed"),
        /** The device has no network: its Wi-Fi is down. */
        NETWORK_DOWN("the device has no network"),
        /** The device itself could not: no memory, no name server known, a name that is none. */
        DEVICE_FAILED("the device could not resolve it");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private final String host;
    private final Reason reason;

    /** @param said what the device said of it, in parentheses behind a space, or empty */
    NameResolutionException(String host, Reason reason, String said, @Nullable Throwable cause) {
        super(host + ": " + reason.words + said);
        this.host = host;
        this.reason = reason;
        initCause(cause);
    }

    /** Returns the name. */
    public String host() {
        return host;
    }

    /** Returns why it was not resolved. */
    public Reason reason() {
        return reason;
    }
}
