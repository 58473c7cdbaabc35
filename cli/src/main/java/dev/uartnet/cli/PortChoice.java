package dev.uartnet.cli;

import dev.uartnet.transport.UartPortInfo;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which port to use: the option's, else the environment's, else the only one that looks like an ESP32. */
final class PortChoice {
    /** Variable of the environment. */
    static final String VARIABLE = "UARTNET_PORT";

    /** The name of the simulated device. */
    static final String SIMULATED = "sim";

    private static final String WAYS_OUT =
            "give --port PORT, set $" + VARIABLE + ", or try a simulated device with --port " + SIMULATED;

    private PortChoice() {}

    /**
     * Chooses.
     *
     * @param option of the command line
     * @param ports the machine's ports; asked only if nobody named one
     * @throws UsageException there is no telling which; the message lists the ports
     */
    static String of(@Nullable String option, Map<String, String> environment, Supplier<List<UartPortInfo>> ports)
            throws UsageException {
        if (option != null) {
            if (option.isBlank()) {
                throw new UsageException("--port is empty: " + WAYS_OUT);
            }
            return option;
        }
        String variable = environment.get(VARIABLE);
        if (variable != null && !variable.isBlank()) {
            return variable;
        }
        List<UartPortInfo> all = ports.get();
        List<UartPortInfo> likely =
                all.stream().filter(UartPortInfo::looksLikeEsp32).toList();
        if (likely.size() == 1) {
            return likely.get(0).systemPath();
        }
        if (likely.size() > 1) {
            throw new UsageException(
                    "which port? " + likely.size() + " look like an ESP32: " + names(likely) + "; " + WAYS_OUT);
        }
        throw new UsageException(
                all.isEmpty()
                        ? "which port? This machine has no serial ports; plug the device in, or " + WAYS_OUT
                        : "which port? None looks like an ESP32 (ports: " + names(all) + "); " + WAYS_OUT);
    }

    private static String names(List<UartPortInfo> ports) {
        return ports.stream().map(UartPortInfo::systemPath).collect(Collectors.joining(", "));
    }
}
