package dev.uartnet.codec.request;

/** The session ended before a request was answered. */
public final class RequestAbortedException extends RequestException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveRun;

    public RequestAbortedException(Throwable cause, boolean mayHaveRun) {
        super(cause.getMessage() + (mayHaveRun ? "; the request may have run" : "; the request did not run"), cause);
        this.mayHaveRun = mayHaveRun;
    }

    /** Tells whether the device may have run the request; false means that it never saw it. */
    public boolean mayHaveRun() {
        return mayHaveRun;
    }
}
