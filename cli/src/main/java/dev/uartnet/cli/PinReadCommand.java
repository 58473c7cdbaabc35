package dev.uartnet.cli;

import dev.uartnet.proxy.board.InputPin;
import dev.uartnet.proxy.board.Pins;
import dev.uartnet.proxy.board.Pull;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code uartnet pin PIN read}. */
@CommandLine.Command(
        name = "read",
        customSynopsis = "uartnet pin PIN read [--pull up|down] [OPTION...]",
        description = "Makes the pin an input, and prints its level: 0 or 1.")
final class PinReadCommand extends PinCommand {
    @Option(
            names = "--pull",
            paramLabel = "up|down",
            description = "Pull it by the chip's own resistor (default: not).")
    private @Nullable Pull pull;

    PinReadCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void run(Device device, Pins pins) throws Exception {
        boolean level = device.await(pin().input(pins, pull).flatMap(InputPin::read));
        invocation.output().line(level ? "1" : "0");
    }
}
