package dev.uartnet.cli;

import dev.uartnet.proxy.ProxyConnector;
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
    private boolean baudAuto;

    private @Nullable Duration timeout;

    @Option(
            names = "--baud",
            paramLabel = "BAUD",
            defaultValue = "" + BAUD_DEFAULT,
            description = {
                "Speed at which the device listens (default: ${DEFAULT-VALUE}).",
                "auto: find it, then use the fastest that device and line can."
            })
    void setBaud(String value) {
        baudAuto = value.equals("auto");
        if (baudAuto) {
            baud = BAUD_DEFAULT;
            return;
        }
        try {
            baud = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong("--baud must be a number or 'auto': '" + value + "'");
        }
        if (baud < 1) {
            throw wrong("--baud must be positive: " + value);
        }
    }

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long the device may take to answer, each operation to finish, and a download to stall "
                    + "(default: 10, unless the command says otherwise).")
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

    /** Sets the speed, or how to find it. */
    ProxyConnector speed(ProxyConnector connector) {
        return baudAuto ? connector.baudRateAuto() : connector.baudRate(baud);
    }

    /** Whether another speed than the default is wanted. */
    boolean wantsSpeed() {
        return baudAuto || baud != BAUD_DEFAULT;
    }

    Duration timeout() {
        return timeoutOr(TIMEOUT_DEFAULT);
    }

    /** Returns the timeout that was given, else another default. */
    Duration timeoutOr(Duration other) {
        return timeout == null ? other : timeout;
    }
}
