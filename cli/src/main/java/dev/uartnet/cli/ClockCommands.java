package dev.uartnet.cli;

import picocli.CommandLine;

/** {@code uartnet clock}: only its help, and its commands. */
@CommandLine.Command(
        name = "clock",
        description = "The device's clock, in UTC.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet clock sync",
            "  uartnet clock sync --server 192.168.1.1",
            "  uartnet clock set",
            "  uartnet clock get"
        })
final class ClockCommands {
    static CommandLine line(Invocation invocation) {
        return new CommandLine(new ClockCommands())
                .addSubcommand(new ClockGetCommand(invocation))
                .addSubcommand(new ClockSetCommand(invocation))
                .addSubcommand(new ClockSyncCommand(invocation));
    }
}
