package dev.uartnet.cli;

import picocli.CommandLine;

/** {@code uartnet wifi disconnect}. */
@CommandLine.Command(
        name = "disconnect",
        description =
                "Leaves the network. The device joins none by itself until it is told to (uartnet wifi connect), or restarts.")
final class WifiDisconnectCommand extends DeviceCommand {
    WifiDisconnectCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    int run(Device device) throws Exception {
        device.await(device.client().wifi().disconnect());
        return ExitCodes.DONE;
    }
}
