package dev.uartnet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a download goes: standard output, unless it is told. */
final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file, which appears only when it is whole ('-': standard output).")
    private @Nullable Path file;

    /** Checks the argument. */
    void check() throws UsageException {
        if (file != null && file.toString().isEmpty()) {
            throw new UsageException("-o needs a file name");
        }
        if (file != null && Files.isDirectory(file)) {
            throw new UsageException("-o needs a file, but " + file + " is a folder");
        }
    }

    /** Whether a terminal shows what is written. */
    boolean isTerminal(Invocation invocation) {
        return namedFile() == null && invocation.terminal().output();
    }

    /** Opens what is meant. */
    Body open(Invocation invocation) throws IOException {
        Path named = namedFile();
        return named == null
                ? new StandardOutputBody(invocation.output())
                : FileBody.open(named, invocation.cleanups());
    }

    private @Nullable Path namedFile() {
        return file == null || file.toString().equals("-") ? null : file;
    }
}
