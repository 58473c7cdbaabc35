package dev.uartnet.cli;

import dev.uartnet.proxy.board.ClockSync;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code uartnet clock sync}. */
@CommandLine.Command(
        name = "sync",
        description = {
            "Sets the device's clock from the network by NTP, and prints its time after that, and how wrong it was.",
            "The server has --timeout seconds to answer, here 5 by default."
        })
final class ClockSyncCommand extends DeviceCommand {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(5);

    @Option(
            names = "--server",
            paramLabel = "SERVER",
            description = "An NTP server, its name or address (default: the device's own choice).")
    private @Nullable String server;

    ClockSyncCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        if (server != null && server.isBlank()) {
            throw new UsageException("--server is empty (expected: a name such as pool.ntp.org)");
        }
    }

    @Override
    int run(Device device) throws Exception {
        ClockSync synced = device.await(device.client().clock().sync(server, options.timeoutOr(TIMEOUT_DEFAULT)));
        invocation.output().line(synced.time() + "  it was " + Units.offset(synced.change(), "behind", "ahead"));
        return ExitCodes.DONE;
    }
}
