package dev.uartnet.codec.request;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.ErrorResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The device answered a request with an error. */
public final class RequestFailedException extends RequestException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorResponse response;
    private final ErrorCode errorCode;

    public RequestFailedException(ErrorResponse response) {
        super(describe(response));
        this.response = response;
        this.errorCode = response.code();
    }

    private static String describe(ErrorResponse response) {
        String text = response.text().isEmpty() ? response.code().name() : response.text();
        return response.errno() == null ? text : text + " (errno " + response.errno() + " of the device)";
    }

    /** Returns what went wrong, independent of the device's platform. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /** Returns the device's own words. */
    public String text() {
        return response.text();
    }

    /** Returns the number that the device's platform gave, if any. */
    public @Nullable Integer errno() {
        return response.errno();
    }

    /** Returns what else the operation said. */
    public List<@Nullable Object> details() {
        return response.details();
    }
}
