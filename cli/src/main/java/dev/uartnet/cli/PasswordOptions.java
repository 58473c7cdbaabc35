package dev.uartnet.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the password of a Wi-Fi network comes from. It is shown nowhere. */
final class PasswordOptions {
    /** Variable of the environment. */
    static final String VARIABLE = "UARTNET_WIFI_PASSWORD";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = {
                "The password is the first line of this file ('-': of standard input).",
                "Without it: $" + VARIABLE
                        + ", else it is asked for if standard input is a terminal, else there is none."
            })
    private @Nullable Path file;

    @Option(
            names = "--password",
            paramLabel = "PASSWORD",
            description =
                    "The password itself. Others on this machine can read it in the list of processes, and the shell keeps it "
                            + "in its history: better use --password-file.")
    private @Nullable String given;

    /** Returns whether an option says it. */
    boolean isGiven() {
        return given != null || file != null;
    }

    /**
     * Returns the password, or null if there is none.
     *
     * @param whose what it is asked for with
     */
    @Nullable
    String read(Invocation invocation, String whose) throws UsageException, IOException {
        if (given != null && file != null) {
            throw new UsageException("either --password-file or --password");
        }
        if (given != null) {
            return given;
        }
        if (file != null) {
            return firstLine(InputFile.of(file).text(invocation));
        }
        String variable = invocation.environment().get(VARIABLE);
        if (variable != null && !variable.isEmpty()) {
            return variable;
        }
        return invocation.terminal().input() ? asked(whose) : null;
    }

    private String firstLine(String text) throws UsageException {
        String line = text.lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new UsageException("no password in " + file + ": its first line is empty");
        }
        return line;
    }

    private static @Nullable String asked(String whose) {
        // Without echo. Before Java 22 there is none where standard output is no terminal.
        return Optional.ofNullable(System.console())
                .map(console -> console.readPassword("password of %s (empty: none): ", whose))
                .filter(typed -> typed.length > 0)
                .map(String::valueOf)
                .orElse(null);
    }
}
