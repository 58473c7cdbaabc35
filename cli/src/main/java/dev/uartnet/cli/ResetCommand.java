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

    private long start;

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
                        "Restart the chip from outside, also when it hangs, by the serial port's RTS and DTR, as development boards have them wired.")
        boolean line;
    }

    ResetCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    boolean outlivesTheLink() {
        return true;
    }

    private boolean byLine() {
        return how != null && how.line;
    }

    private Duration limit() {
        return options.timeoutOr(TIMEOUT_DEFAULT);
    }

    @Override
    Device connect() throws Exception {
        start = System.nanoTime();
        return byLine() ? Device.connectAfterReset(options, limit(), invocation) : super.connect();
    }

    @Override
    int run(Device device) throws Exception {
        DeviceInfo info = byLine() ? justBooted(device) : restarted(device);
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

    /** It was reset before there was a session. */
    private DeviceInfo justBooted(Device device) throws Exception {
        DeviceInfo info = device.await(device.client().info());
        Duration uptime = info.uptime();
        if (uptime != null && uptime.compareTo(Duration.ofNanos(System.nanoTime() - start)) > 0) {
            throw new RemoteFailureException(
                    "the device has not restarted (are its EN and GPIO0 wired to RTS and DTR of " + device.name()
                            + "?)");
        }
        return info;
    }

    private DeviceInfo restarted(Device device) throws Exception {
        var board = device.client().device();
        Mono<Void> reset = how != null && how.soft ? board.softReset() : board.hardReset();
        start = System.nanoTime();
        try {
            return device.await(board.untilBack(reset).timeout(limit()));
        } catch (TimeoutException e) {
            throw new RemoteFailureException("the device has not restarted within " + limit().toMillis() + " ms", e);
        }
    }
}
