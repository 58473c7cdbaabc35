package dev.uartnet.cli;

import dev.uartnet.proxy.board.AccessPoint;
import dev.uartnet.proxy.board.Wifi;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code uartnet wifi access-point SSID}. */
@CommandLine.Command(
        name = "access-point",
        description = {
            "Offers a network of the device's own, beside the one that it may have joined, until it restarts or is told to stop.",
            "Without a password it is open to everybody."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet wifi access-point sensor-12 --password-file ~/.sensor-password --channel 11",
            "  uartnet wifi access-point --stop"
        })
final class WifiAccessPointCommand extends DeviceCommand {
    private static final int CHANNEL_MAX = 14;

    @Parameters(paramLabel = "SSID", arity = "0..1", description = "The network's name.")
    private @Nullable String ssid;

    @Mixin
    private final PasswordOptions passwords = new PasswordOptions();

    @Option(
            names = "--channel",
            paramLabel = "N",
            description = "The radio channel, 1 to 14 (default: the device's choice).")
    private @Nullable Integer channel;

    @Option(names = "--hidden", description = "Do not tell the name to those who scan.")
    private boolean hidden;

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            description = "How many may join it (default: the device's choice).")
    private @Nullable Integer clientsMax;

    @Option(names = "--stop", description = "Offer none any more.")
    private boolean stop;

    private @Nullable AccessPoint offered;

    WifiAccessPointCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException, IOException {
        if (stop == (ssid != null)) {
            throw new UsageException("either an SSID, or --stop");
        }
        if (channel != null && (channel < 1 || channel > CHANNEL_MAX)) {
            throw new UsageException("--channel must be 1 to " + CHANNEL_MAX + ": " + channel);
        }
        if (clientsMax != null && clientsMax < 1) {
            throw new UsageException("--max-clients must be positive: " + clientsMax);
        }
        if (ssid != null) {
            WifiCommands.checkSsid(ssid);
            offered = accessPoint(ssid, passwords.read(invocation, ssid));
        }
    }

    private AccessPoint accessPoint(String name, @Nullable String password) {
        AccessPoint wanted = AccessPoint.named(name);
        wanted = password == null ? wanted : wanted.password(password);
        wanted = channel == null ? wanted : wanted.channel(channel);
        wanted = clientsMax == null ? wanted : wanted.clientsMax(clientsMax);
        return hidden ? wanted.hidden() : wanted;
    }

    @Override
    int run(Device device) throws Exception {
        Wifi wifi = device.client().wifi();
        invocation
                .output()
                .labelled(WifiStatusCommand.lines(
                        device.await(offered == null ? wifi.stopAccessPoint() : wifi.startAccessPoint(offered))));
        return ExitCodes.DONE;
    }
}
