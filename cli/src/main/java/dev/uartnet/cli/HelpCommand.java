package dev.uartnet.cli;

import java.util.List;
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

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..2",
            description = "A command, such as get or wifi scan; without it, what they are.")
    private List<String> names = List.of();

    HelpCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not made by the command line");
        }
        CommandLine line = spec.parent().commandLine();
        for (String name : names) {
            CommandLine named = line.getSubcommands().get(name);
            if (named == null) {
                throw new UsageException("no such command: " + String.join(" ", names) + " (see: "
                        + line.getCommandSpec().qualifiedName() + " --help)");
            }
            line = named;
        }
        invocation.output().ownText(line.getUsageMessage().stripTrailing());
        return ExitCodes.DONE;
    }
}
