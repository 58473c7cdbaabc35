package dev.uartnet.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of all commands that talk to a device. */
final class DeviceOptions {
    static final int BAUD_DEFAULT = 115_200;

    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
    private static final double TIMEOUT_SECONDS_MAX = 86_400;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = {
                "The serial port: a device such as /dev/ttyUSB0 or COM3, or 'sim' for a simulated device.",
                "Without it: $UARTNET_PORT, else the only port that looks like an ESP32."
            })
    @Nullable
    String port;

    private int baud = BAUD_DEFAULT;

    private Duration timeout = TIMEOUT_DEFAULT;

    @Option(
            names = "--baud",
            paramLabel = "BAUD",
            defaultValue = "" + BAUD_DEFAULT,
            description = "Speed of the line (default: ${DEFAULT-VALUE}).")
    void setBaud(int value) {
        if (value < 1) {
            throw wrong("--baud must be positive: " + value);
        }
        baud = value;
    }

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long the device may take to answer, each operation to finish, and a download to stall "
                    + "(default: ${DEFAULT-VALUE}).")
    void setTimeout(double seconds) {
        if (!(seconds >= 0.001 && seconds <= TIMEOUT_SECONDS_MAX)) {
            throw wrong("--timeout must be 0.001 to 86400 seconds: " + seconds);
        }
        timeout = Duration.ofMillis(Math.round(seconds * 1000));
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException(message);
        }
        return new ParameterException(spec.commandLine(), message);
    }

    int baud() {
        return baud;
    }

    Duration timeout() {
        return timeout;
    }
}
