package dev.uartnet.codec.link;

/** A link has failed or ended. Its message says what happened and what to do. */
public class LinkException extends java.io.IOException {
    private static final long serialVersionUID = 1L;

    public LinkException(String message) {
        super(message);
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
