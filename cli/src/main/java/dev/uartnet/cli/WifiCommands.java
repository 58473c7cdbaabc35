package dev.uartnet.cli;

import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** {@code uartnet wifi}: only its help, and its commands. */
@CommandLine.Command(
        name = "wifi",
        description = "The device's Wi-Fi: which networks there are, and which it is in.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet wifi scan",
            "  uartnet wifi connect home --save",
            "  uartnet wifi status",
            "  uartnet wifi connect home --password-file - --port sim   (the simulator's password: correct horse)"
        })
final class WifiCommands {
    private static final int SSID_BYTES_MAX = 32;

    static CommandLine line(Invocation invocation) {
        return new CommandLine(new WifiCommands())
                .addSubcommand(new WifiScanCommand(invocation))
                .addSubcommand(new WifiConnectCommand(invocation))
                .addSubcommand(new WifiDisconnectCommand(invocation))
                .addSubcommand(new WifiStatusCommand(invocation))
                .addSubcommand(new WifiNetworksCommand(invocation))
                .addSubcommand(new WifiForgetCommand(invocation))
                .addSubcommand(new WifiHostnameCommand(invocation))
                .addSubcommand(new WifiAccessPointCommand(invocation));
    }

    static void checkSsid(String ssid) throws UsageException {
        int bytes = ssid.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > SSID_BYTES_MAX) {
            throw new UsageException(
                    "SSID must have 1 to " + SSID_BYTES_MAX + " bytes, and this has " + bytes + ": " + ssid);
        }
    }
}
