package dev.uartnet.cli;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command without a subcommand: only its help, its version and what holds for all. */
@CommandLine.Command(
        name = "uartnet",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Uses an ESP32 on a serial port as this machine's network card.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:something on this machine failed, such as a file that cannot be written",
            "2:usage: wrong arguments, or no port given and none to guess",
            "3:the port cannot be opened",
            "4:the device does not answer: it is silent, sends garbage, or is not our firmware",
            "5:the remote operation failed: unknown host, refused, timeout, HTTP status of 400 and above, wrong Wi-Fi password, "
                    + "no such file on the device, something that its configuration does not allow, an exception of Python code",
            "6:the link to the device was lost",
            "129:the terminal was closed (SIGHUP)",
            "130:interrupted (Ctrl-C)",
            "141:nobody reads standard output any more",
            "143:ended by SIGTERM"
        })
final class UartnetCommand {
    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Log what happens to standard error, with stack traces of errors.")
    boolean verbose;
}
