package dev.uartnet.cli;

import dev.uartnet.proxy.board.Edge;
import dev.uartnet.proxy.board.PinEdge;
import dev.uartnet.proxy.board.Pins;
import dev.uartnet.proxy.board.Pull;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** {@code uartnet pin PIN watch}. */
@CommandLine.Command(
        name = "watch",
        customSynopsis = "uartnet pin PIN watch [--edge EDGE] [--pull up|down] [--debounce MS] [--count N] [OPTION...]",
        description = {
            "Makes the pin an input, and prints each change of its level until Ctrl-C: seconds since the device booted, by its own clock, "
                    + "the edge, and the level.",
            "Changes that the device had no room for are counted on a line of standard error."
        })
final class PinWatchCommand extends PinStreamCommand {
    @Option(
            names = "--edge",
            paramLabel = "EDGE",
            defaultValue = "both",
            description = "rising, falling or both (default: ${DEFAULT-VALUE}).")
    private Edge edge = Edge.BOTH;

    @Option(
            names = "--pull",
            paramLabel = "up|down",
            description = "Pull it by the chip's own resistor (default: not).")
    private @Nullable Pull pull;

    @Option(
            names = "--debounce",
            paramLabel = "MS",
            defaultValue = "0",
            description =
                    "Milliseconds for which a new level must have been stable to count, for contacts bounce (default: ${DEFAULT-VALUE}).")
    private int debounceMillis;

    PinWatchCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void checkArguments() throws UsageException {
        if (debounceMillis < 0) {
            throw new UsageException("--debounce must not be negative: " + debounceMillis);
        }
        super.checkArguments();
    }

    @Override
    void run(Device device, Pins pins) throws Exception {
        Flux<PinEdge> edges =
                pin().input(pins, pull).flatMapMany(input -> input.edges(edge, Duration.ofMillis(debounceMillis)));
        device.each(counted(edges), this::print);
    }

    private void print(PinEdge seen) throws IOException {
        print(seen.time(), seen.lost(), "edge", seen.level() ? "rising   1" : "falling  0");
    }
}
