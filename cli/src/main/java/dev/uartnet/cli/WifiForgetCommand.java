package dev.uartnet.cli;

import dev.uartnet.proxy.board.Wifi;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code uartnet wifi forget SSID}. */
@CommandLine.Command(
        name = "forget",
        description =
                "Removes a network from those that are saved on the device. Fails (exit code 5) if it is not one of them.")
final class WifiForgetCommand extends DeviceCommand {
    @Parameters(paramLabel = "SSID", description = "The network's name.")
    private String ssid = "";

    WifiForgetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        WifiCommands.checkSsid(ssid);
    }

    @Override
    int run(Device device) throws Exception {
        Wifi wifi = device.client().wifi();
        List<String> saved = device.await(wifi.savedNetworks());
        if (!saved.contains(ssid)) {
            throw new RemoteFailureException("the network \"" + ssid + "\" is not saved on the device ("
                    + (saved.isEmpty() ? "none is" : "saved: " + String.join(", ", saved)) + ")");
        }
        device.await(wifi.forget(ssid));
        return ExitCodes.DONE;
    }
}
