package dev.uartnet.cli;

import dev.uartnet.proxy.board.Wifi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code uartnet wifi hostname}. */
@CommandLine.Command(
        name = "hostname",
        description =
                "Prints the device's name in the network; gives it another one first, which networks learn when it joins them again.")
final class WifiHostnameCommand extends DeviceCommand {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The new name: 1 to 32 letters, digits and hyphens.")
    private @Nullable String name;

    WifiHostnameCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        if (name != null && !name.matches("[0-9A-Za-z-]{1,32}")) {
            throw new UsageException("NAME must be 1 to 32 letters, digits and hyphens: " + name);
        }
    }

    @Override
    int run(Device device) throws Exception {
        Wifi wifi = device.client().wifi();
        invocation.output().line(device.await(name == null ? wifi.hostname() : wifi.hostname(name)));
        return ExitCodes.DONE;
    }
}
