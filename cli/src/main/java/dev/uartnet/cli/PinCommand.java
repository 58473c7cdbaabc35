package dev.uartnet.cli;

import dev.uartnet.proxy.board.Pins;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParentCommand;

/** A command with one pin. */
abstract class PinCommand extends DeviceCommand {
    @ParentCommand
    private @Nullable PinCommands parent;

    PinCommand(Invocation invocation) {
        super(invocation);
    }

    /** The pin that is meant. */
    final PinCommands pin() {
        if (parent == null) {
            throw new IllegalStateException("not made by the command line");
        }
        return parent;
    }

    @Override
    final void check() throws UsageException, IOException {
        pin().check();
        checkArguments();
    }

    /** Checks the arguments, before any port is opened. */
    void checkArguments() throws UsageException {}

    @Override
    final int run(Device device) throws Exception {
        run(device, device.client().pins());
        return ExitCodes.DONE;
    }

    /** Does the work. */
    abstract void run(Device device, Pins pins) throws Exception;
}
