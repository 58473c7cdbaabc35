package dev.uartnet.cli;

import dev.uartnet.proxy.board.Pins;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code uartnet pin PIN write}. */
@CommandLine.Command(
        name = "write",
        customSynopsis = "uartnet pin PIN write [--open-drain] [OPTION...] 0|1",
        description = "Makes the pin an output with this level.")
final class PinWriteCommand extends PinCommand {
    @Parameters(paramLabel = "0|1", description = "0: low, 1: high.")
    private String level = "";

    @Option(
            names = "--open-drain",
            description = "Drive it low only; 1 lets go of it: for wires that others drive, too.")
    private boolean openDrain;

    PinWriteCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void checkArguments() throws UsageException {
        if (!level.equals("0") && !level.equals("1")) {
            throw new UsageException("the level must be 0 or 1: " + level);
        }
    }

    @Override
    void run(Device device, Pins pins) throws Exception {
        boolean high = level.equals("1");
        if (openDrain) {
            device.await(pin().openDrain(pins).flatMap(output -> output.write(high)));
        } else {
            device.await(pin().output(pins, high));
        }
    }
}
