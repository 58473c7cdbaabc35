package dev.uartnet.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code uartnet help}. */
@CommandLine.Command(name = "help", description = "Prints the help of a command, or of all.")
final class HelpCommand implements Command {
    private final Invocation invocation;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "A command; without it, what they are.")
    private @Nullable String name;

    HelpCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not made by the command line");
        }
        CommandLine line = spec.parent().commandLine();
        if (name != null) {
            line = line.getSubcommands().get(name);
        }
        if (line == null) {
            throw new UsageException("no such command: " + name + " (see: uartnet --help)");
        }
        invocation.output().ownText(line.getUsageMessage().stripTrailing());
        return ExitCodes.DONE;
    }
}
