package dev.uartnet.codec.link;

/** The other end has ended or refused the session. */
public final class LinkResetException extends LinkException {
    private static final long serialVersionUID = 1L;

    private final ResetReason reason;

    public LinkResetException(ResetReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** In words that say what has happened. */
    static LinkResetException of(Reset reset) {
        String what =
                switch (reset.reason()) {
                    case BOOT -> "the device has rebooted";
                    case NO_SESSION ->
                        "the device knows nothing of this session: it has restarted, or another host took over";
                    case CLOSED -> "the other end closed the session";
                    case VERSION ->
                        "the device speaks another version of the protocol than " + Greeting.MAJOR + "."
                                + Greeting.MINOR;
                    case BUSY -> "the device serves another host";
                    case PROTOCOL -> "the other end says that the protocol was violated";
                    case SILENT -> "the other end has not heard this one for too long";
                    case FRAME_LOST ->
                        "the other end says that a frame was lost on the line; check cable, speed and flow control";
                };
        return new LinkResetException(reset.reason(), reset.text().isEmpty() ? what : what + " (" + reset.text() + ")");
    }

    /** Returns what the other end said. */
    public ResetReason reason() {
        return reason;
    }
}
