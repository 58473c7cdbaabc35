package dev.uartnet.cli;

import picocli.CommandLine;

/** {@code uartnet wifi networks}. */
@CommandLine.Command(
        name = "networks",
        description = {
            "Lists the networks that are saved on the device, each on a line.",
            "uartnet wifi connect SSID --save adds one, uartnet wifi forget SSID removes one."
        })
final class WifiNetworksCommand extends DeviceCommand {
    WifiNetworksCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    int run(Device device) throws Exception {
        for (String ssid : device.await(device.client().wifi().savedNetworks())) {
            invocation.output().line(ssid);
        }
        return ExitCodes.DONE;
    }
}
