package dev.uartnet.benchmarks.rig;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has been opened so far, to be closed in the reverse order, whatever fails. One thread. */
public final class ClosingStack implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Keeps it until {@link #close}; returns it. */
    public <T extends AutoCloseable> T push(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Closes all; throws the first failure then, with the others suppressed. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IOException("something does not close: " + e, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
