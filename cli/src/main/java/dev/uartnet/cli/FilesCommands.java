package dev.uartnet.cli;

import picocli.CommandLine;

/** {@code uartnet files}: only its help, and its commands. */
@CommandLine.Command(
        name = "files",
        description = {
            "The files of the device.",
            "Paths on the device begin with /, which may be left out. Its configuration is /uartnet.json: in it passwords read \"***\", and "
                    + "one that is written so stays what it was."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet files list",
            "  uartnet files get /uartnet.json -o uartnet.json",
            "  uartnet files put uartnet.json /uartnet.json",
            "  uartnet files remove /lib/old.py"
        })
final class FilesCommands {
    static CommandLine line(Invocation invocation) {
        return new CommandLine(new FilesCommands())
                .addSubcommand(new FilesListCommand(invocation))
                .addSubcommand(new FilesGetCommand(invocation))
                .addSubcommand(new FilesPutCommand(invocation))
                .addSubcommand(new FilesRemoveCommand(invocation));
    }
}
