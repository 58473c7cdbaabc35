package dev.uartnet.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** A command that prints what comes of a pin, a line each, until it has printed enough or is interrupted. */
abstract class PinStreamCommand extends PinCommand {
    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            defaultValue = "0",
            description = "End after so many; 0: never (default: ${DEFAULT-VALUE}).")
    private int count;

    PinStreamCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void checkArguments() throws UsageException {
        if (count < 0) {
            throw new UsageException("--count must not be negative: " + count);
        }
    }

    /** Returns those that are to be printed. */
    final <T> Flux<T> counted(Flux<T> all) {
        return count == 0 ? all : all.take(count);
    }

    /**
     * Prints one.
     *
     * @param time since the device booted
     * @param lost how many the device has left out before it
     * @param thing what they are
     */
    final void print(Duration time, long lost, String thing, String text) throws IOException {
        if (lost > 0) {
            invocation.error().println("uartnet: " + Units.count(lost, thing) + " lost");
        }
        invocation.output().line(String.format(Locale.ROOT, "%.6f  %s", time.toNanos() / 1e9, text));
    }
}
