package dev.uartnet.cli;

import dev.uartnet.proxy.board.MacAddress;
import dev.uartnet.proxy.board.WifiConnect;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code uartnet wifi connect SSID}. */
@CommandLine.Command(
        name = "connect",
        description = {
            "Joins a network, and waits until the device has an address in it (--timeout, here 15 seconds by default).",
            "Without a password: an open network, or one that is saved on the device. Without SSID: of the saved ones the strongest.",
            "The device stays in it until it is told otherwise or restarts. If it was in another network, its connections end."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet wifi connect home --save",
            "  uartnet wifi connect home --password-file ~/.wifi-password",
            "  UARTNET_WIFI_PASSWORD='correct horse' uartnet wifi connect home --port sim"
        })
final class WifiConnectCommand extends DeviceCommand {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(15);

    @Parameters(paramLabel = "SSID", arity = "0..1", description = "The network's name.")
    private @Nullable String ssid;

    @Mixin
    private final PasswordOptions passwords = new PasswordOptions();

    @Option(
            names = "--save",
            description = "Save the network on the device when it has been joined: it joins it by itself from then on.")
    private boolean save;

    @Option(
            names = "--bssid",
            paramLabel = "ADDRESS",
            description = "Only by this access point, such as 24:6f:28:12:34:56.")
    private @Nullable String bssid;

    private WifiConnect network = WifiConnect.saved();

    WifiConnectCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException, IOException {
        if (ssid == null) {
            if (save || bssid != null || passwords.isGiven()) {
                throw new UsageException("--save, --bssid, --password-file and --password need an SSID");
            }
        } else {
            WifiCommands.checkSsid(ssid);
            network = accessPoint(WifiConnect.to(ssid));
            network = save ? network.save() : network;
            String password = passwords.read(invocation, ssid);
            network = password == null ? network : network.password(password);
        }
        network = network.timeout(options.timeoutOr(TIMEOUT_DEFAULT));
    }

    private WifiConnect accessPoint(WifiConnect any) throws UsageException {
        try {
            return bssid == null ? any : any.bssid(MacAddress.parse(bssid));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--bssid: " + e.getMessage());
        }
    }

    @Override
    int run(Device device) throws Exception {
        invocation
                .output()
                .line(device.await(device.client().wifi().connect(network)).toString());
        return ExitCodes.DONE;
    }
}
