package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceClock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code uartnet clock set}. */
@CommandLine.Command(name = "set", description = "Sets the device's clock, and prints its time after that.")
final class ClockSetCommand extends DeviceCommand {
    @Parameters(
            paramLabel = "INSTANT",
            arity = "0..1",
            description = "Such as 2026-11-21T09:30:00Z or 2026-11-21T10:30:00.5+01:00 (default: this machine's time).")
    private @Nullable String text;

    private @Nullable Instant instant;

    ClockSetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        try {
            instant = text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new UsageException("INSTANT must be a time with its zone, such as 2026-11-21T09:30:00Z: " + text);
        }
    }

    @Override
    int run(Device device) throws Exception {
        DeviceClock clock = device.client().clock();
        invocation
                .output()
                .line(device.await(instant == null ? clock.setFromHost() : clock.set(instant))
                        .toString());
        return ExitCodes.DONE;
    }
}
