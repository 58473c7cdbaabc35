package dev.uartnet.cli;

import java.io.IOException;

/** Where a download goes. Nothing is kept unless it is complete. */
interface Body extends AutoCloseable {
    void write(byte[] bytes) throws IOException;

    /** All bytes are there. */
    void complete() throws IOException;

    /** Discards what is not complete. */
    @Override
    void close();
}
