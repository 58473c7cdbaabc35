package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceFiles;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code uartnet files remove PATH}. */
@CommandLine.Command(
        name = "remove",
        aliases = "rm",
        description = "Removes a file, or an empty directory, of the device.")
final class FilesRemoveCommand extends FilesCommand {
    @Parameters(paramLabel = "PATH", description = "What to remove, such as /lib/old.py.")
    private String path = "";

    FilesRemoveCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        path = absolute(path);
    }

    @Override
    void run(Device device, DeviceFiles files) throws Exception {
        device.await(files.remove(path));
    }
}
