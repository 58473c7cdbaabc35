package dev.uartnet.codec.link;

/** A frame of the session was lost or damaged on the line, and this version cannot have it repeated. */
public final class FrameLostException extends LinkException {
    private static final long serialVersionUID = 1L;

    public FrameLostException(String message) {
        super(message);
    }
}
