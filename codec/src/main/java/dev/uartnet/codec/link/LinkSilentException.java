package dev.uartnet.codec.link;

/** The other end has not been heard for three keepalive intervals. */
public final class LinkSilentException extends LinkException {
    private static final long serialVersionUID = 1L;

    public LinkSilentException(String message) {
        super(message);
    }
}
