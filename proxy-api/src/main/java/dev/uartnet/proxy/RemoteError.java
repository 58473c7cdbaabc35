package dev.uartnet.proxy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.request.RequestFailedException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the device said of a failure. The exceptions of sockets are those of this host's own ({@link java.net.ConnectException} and so on),
 * for libraries that look at their types; this is for those who want to know more.
 *
 * <pre>{@code
 * RemoteError.of(cause).ifPresent(error -> log.warn("the device said {}", error));
 * }</pre>
 *
 * @param code what went wrong, independent of the device's platform
 * @param text the device's own words, may be empty
 * @param errno the number that its platform gave, if any
 */
public record RemoteError(ErrorCode code, String text, @Nullable Integer errno) {
    /** Returns what the device said of a failure; empty if it did not come from there. Looks at the causes, too. */
    public static Optional<RemoteError> of(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RequestFailedException refused) {
                return Optional.of(new RemoteError(refused.errorCode(), refused.text(), refused.errno()));
            }
            if (cause instanceof RemoteErrorException said) {
                return Optional.of(said.error());
            }
        }
        return Optional.empty();
    }
}
