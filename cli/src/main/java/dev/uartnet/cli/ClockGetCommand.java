package dev.uartnet.cli;

import dev.uartnet.proxy.board.ClockReading;
import picocli.CommandLine;

/** {@code uartnet clock get}. */
@CommandLine.Command(name = "get", description = "Prints the device's time, and how far it is from this machine's.")
final class ClockGetCommand extends DeviceCommand {
    ClockGetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    int run(Device device) throws Exception {
        ClockReading clock = device.await(device.client().clock().read());
        invocation
                .output()
                .line(clock.time() + "  "
                        + (clock.isSet()
                                ? Units.offset(clock.offset(), "ahead of this machine's", "behind this machine's")
                                        + " (+- " + Units.millis(clock.uncertainty()) + " ms)"
                                : "not set since the device booted"));
        return ExitCodes.DONE;
    }
}
