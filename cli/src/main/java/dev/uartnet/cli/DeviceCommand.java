package dev.uartnet.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;

/** A command that needs a device: connects, does its work, and closes whatever happens. */
abstract class DeviceCommand implements Command {
    final Invocation invocation;

    @Mixin
    final DeviceOptions options = new DeviceOptions();

    DeviceCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /**
     * Checks the arguments, and takes what they name on this machine, before any port is opened.
     *
     * @throws IOException a file that they name cannot be read; the message says why
     */
    void check() throws UsageException, IOException {}

    /** Whether the work goes on in the next session when the link is lost; else it fails at once. */
    boolean outlivesTheLink() {
        return false;
    }

    /** Gets the session in which the work is done. */
    Device connect() throws Exception {
        return Device.connect(options, outlivesTheLink(), invocation);
    }

    /** Does the work. Returns the exit code. */
    abstract int run(Device device) throws Exception;

    @Override
    public int run() throws Exception {
        check();
        try (Device device = connect()) {
            try {
                return run(device);
            } catch (UsageException | OutputClosedException e) {
                throw e;
            } catch (Exception e) {
                throw device.explain(e);
            }
        }
    }
}
