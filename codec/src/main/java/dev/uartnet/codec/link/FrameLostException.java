package dev.uartnet.codec.link;

/** A frame of the session was lost or damaged on the line, and the two ends cannot repeat frames. */
public final class FrameLostException extends LinkException {
    private static final long serialVersionUID = 1L;

    public FrameLostException(String message) {
        super(message);
    }
}
