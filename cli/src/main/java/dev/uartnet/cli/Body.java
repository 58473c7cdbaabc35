package dev.uartnet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a download goes. Nothing is kept unless it is complete. */
interface Body extends AutoCloseable {
    void write(byte[] bytes) throws IOException;

    /** All bytes are there. */
    void complete() throws IOException;

    /** Discards what is not complete. */
    @Override
    void close();

    /** Checks the argument of {@code -o}. */
    static void check(@Nullable Path file) throws UsageException {
        if (file != null && file.toString().isEmpty()) {
            throw new UsageException("-o needs a file name");
        }
        if (file != null && Files.isDirectory(file)) {
            throw new UsageException("-o needs a file, but " + file + " is a folder");
        }
    }

    /** Whether {@code -o} means standard output: without a file, and as {@code -}. */
    static boolean isStandardOutput(@Nullable Path file) {
        return file == null || file.toString().equals("-");
    }

    /** What {@code -o} means. */
    static Body of(@Nullable Path file, Invocation invocation) throws IOException {
        return file == null || isStandardOutput(file)
                ? new StandardOutputBody(invocation.output())
                : FileBody.open(file, invocation.cleanups());
    }
}
