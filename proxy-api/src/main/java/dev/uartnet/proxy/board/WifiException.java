package dev.uartnet.proxy.board;

import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestTimeoutException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The device has not joined a Wi-Fi network. The message has the network's name and what the device said, never a password. */
public final class WifiException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why not. */
    public enum Reason {
        /** No such network is in reach. */
        NOT_FOUND("no such network is in reach"),
        /** It did not take the password. */
        WRONG_PASSWORD("wrong password"),
        /** It refused the device otherwise, or the radio failed. */
        REFUSED("refused"),
        /** There was no address in time. */
        TIMED_OUT("no address in time");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private WifiException(String network, Reason reason, Throwable cause, String text) {
        super(
                "cannot join " + network + ": " + reason.words + (text.isEmpty() ? "" : " (device: " + text + ")"),
                cause);
        this.reason = reason;
    }

    /** Returns a failure to join as one of these, if it is; any other as it is. */
    static Throwable of(@Nullable String ssid, Throwable cause) {
        String network = ssid == null ? "a saved Wi-Fi network" : "the Wi-Fi network \"" + ssid + "\"";
        if (cause instanceof RequestTimeoutException) {
            return new WifiException(network, Reason.TIMED_OUT, cause, "");
        }
        if (!(cause instanceof RequestFailedException failed)) {
            return cause;
        }
        Reason reason =
                switch (failed.errorCode()) {
                    case WIFI_NOT_FOUND -> Reason.NOT_FOUND;
                    case WIFI_WRONG_PASSWORD -> Reason.WRONG_PASSWORD;
                    case WIFI_FAILED -> Reason.REFUSED;
                    case TIMED_OUT, DEADLINE -> Reason.TIMED_OUT;
                    default -> null;
                };
        return reason == null ? cause : new WifiException(network, reason, cause, failed.text());
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }
}
