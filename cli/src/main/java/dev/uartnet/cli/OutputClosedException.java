package dev.uartnet.cli;

import java.io.IOException;

/** Who read standard output has gone, as in {@code uartnet get ... | head}. */
final class OutputClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    OutputClosedException(IOException cause) {
        super("standard output is closed", cause);
    }
}
