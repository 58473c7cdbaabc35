package dev.uartnet.cli;

import dev.uartnet.proxy.DeviceInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** {@code uartnet reset}. */
@CommandLine.Command(
        name = "reset",
        description = {
            "Restarts the device, and waits until it answers again (--timeout, here 30 seconds by default).",
            "Everything that was open on it ends. Fails (exit code 5) if it does not come back."
        })
final class ResetCommand extends DeviceCommand {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);

    @ArgGroup(heading = "How:%n")
    private @Nullable How how;

    /** One of them. */
    static final class How {
        @Option(names = "--hard", description = "Restart the chip, as its reset button does (the default).")
        boolean hard;

        @Option(
                names = "--soft",
                description =
                        "Restart Python and the firmware only; pins and Wi-Fi go on as far as the platform lets them.")
        boolean soft;

        @Option(
                names = "--line",
                description =
                        "Restart the chip from outside, by the serial port's RTS and DTR, as development boards have them wired.")
        boolean line;
    }

    ResetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    boolean outlivesTheLink() {
        return true;
    }

    @Override
    int run(Device device) throws Exception {
        var board = device.client().device();
        boolean line = how != null && how.line;
        Mono<Void> reset = line ? board.pulseReset() : how != null && how.soft ? board.softReset() : board.hardReset();
        Duration limit = options.timeoutOr(TIMEOUT_DEFAULT);
        long start = System.nanoTime();
        DeviceInfo info;
        try {
            info = device.await(board.untilBack(reset).timeout(limit));
        } catch (TimeoutException e) {
            throw new RemoteFailureException(
                    "the device has not restarted within " + limit.toMillis() + " ms"
                            + (line ? " (are its EN and GPIO0 wired to RTS and DTR of " + device.name() + "?)" : ""),
                    e);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        invocation
                .output()
                .line(String.format(
                        Locale.ROOT,
                        "%s answers again after %.1f s%s",
                        device.name(),
                        time.toMillis() / 1000.0,
                        info.resetReason() == null ? "" : " (reset: " + info.resetReason() + ")"));
        return ExitCodes.DONE;
    }
}
