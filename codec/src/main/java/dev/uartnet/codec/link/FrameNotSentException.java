package dev.uartnet.codec.link;

/** A message was still waiting for the link when the session ended: the other end has never seen it. */
public final class FrameNotSentException extends LinkException {
    private static final long serialVersionUID = 1L;

    public FrameNotSentException(LinkException cause) {
        super(cause.getMessage(), cause);
    }
}
