package dev.uartnet.cli;

/** The exit codes of the command, as its help tells them. A signal gives 128 and its number (130 for Ctrl-C). */
final class ExitCodes {
    static final int DONE = 0;
    /** Something on this machine failed: a file cannot be written, or a defect. */
    static final int LOCAL_FAILURE = 1;
    /** The arguments are wrong, or do not say which port. */
    static final int USAGE = 2;
    /** The port cannot be opened. */
    static final int PORT_UNAVAILABLE = 3;
    /** The device is silent, sends garbage, is no uartnet device, or refused the session. */
    static final int NO_DEVICE = 4;
    /** The remote operation failed: unknown host, refused, timeout, HTTP status of 400 and above, not allowed by the device, an exception of its Python. */
    static final int REMOTE_FAILURE = 5;

    static final int LINK_LOST = 6;
    /** Nobody reads standard output any more: 128 and the number of SIGPIPE, as of programs that the signal ends. */
    static final int OUTPUT_CLOSED = 141;

    private ExitCodes() {}
}
