package dev.uartnet.cli;

import java.io.IOException;

/** A download to standard output, which goes out as it comes. */
final class StandardOutputBody implements Body {
    private final StandardOutput output;

    StandardOutputBody(StandardOutput output) {
        this.output = output;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        output.write(bytes);
    }

    @Override
    public void complete() {}

    @Override
    public void close() {}
}
