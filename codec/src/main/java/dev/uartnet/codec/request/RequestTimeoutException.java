package dev.uartnet.codec.request;

import java.time.Duration;

/** A request was not answered before its deadline. */
public final class RequestTimeoutException extends RequestException {
    private static final long serialVersionUID = 1L;

    public RequestTimeoutException(Duration deadline) {
        super("the device did not answer the request within " + deadline.toMillis() + " ms");
    }
}
