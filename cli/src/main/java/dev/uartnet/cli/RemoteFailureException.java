package dev.uartnet.cli;

/** The other end of the network did not give what was asked for. */
final class RemoteFailureException extends Exception {
    private static final long serialVersionUID = 1L;

    RemoteFailureException(String message) {
        super(message);
    }

    RemoteFailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
