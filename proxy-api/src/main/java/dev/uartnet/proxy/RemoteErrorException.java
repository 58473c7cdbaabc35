package dev.uartnet.proxy;

import java.io.IOException;

/** What the device said unasked of a channel: the cause of what the socket's user gets. */
final class RemoteErrorException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient RemoteError error;

    RemoteErrorException(String what, RemoteError error) {
        super(what + ": " + error.code());
        this.error = error;
    }

    RemoteError error() {
        return error;
    }
}
