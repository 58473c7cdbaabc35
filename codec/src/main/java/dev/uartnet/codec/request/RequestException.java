package dev.uartnet.codec.request;

import java.io.IOException;

/** A request has not been answered with success. */
public abstract class RequestException extends IOException {
    private static final long serialVersionUID = 1L;

    RequestException(String message, Throwable cause) {
        super(message, cause);
    }

    RequestException(String message) {
        super(message);
    }
}
