package dev.uartnet.codec.link;

/** The other end has ended or refused the session. */
public final class LinkResetException extends LinkException {
    private static final long serialVersionUID = 1L;

    private final ResetReason reason;

    public LinkResetException(ResetReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Returns what the other end said. */
    public ResetReason reason() {
        return reason;
    }
}
