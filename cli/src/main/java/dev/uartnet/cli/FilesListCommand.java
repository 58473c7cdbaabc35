package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceFile;
import dev.uartnet.proxy.board.DeviceFiles;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code uartnet files list}. */
@CommandLine.Command(
        name = "list",
        aliases = "ls",
        description =
                "Lists a directory of the device: size in bytes, when it was written (by the device's clock at that time), name.")
final class FilesListCommand extends FilesCommand {
    @Parameters(
            paramLabel = "PATH",
            arity = "0..1",
            defaultValue = "/",
            description = "The directory (default: ${DEFAULT-VALUE}).")
    private String path = "/";

    FilesListCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        path = absolute(path);
    }

    @Override
    void run(Device device, DeviceFiles files) throws Exception {
        List<DeviceFile> listed = device.await(files.list(path)).stream()
                .sorted(Comparator.comparing(DeviceFile::name))
                .toList();
        if (listed.isEmpty()) {
            return;
        }
        Table table = new Table(" SIZE", "WRITTEN", "NAME");
        for (DeviceFile file : listed) {
            table.row(
                    file.directory() ? "-" : Long.toString(file.size()),
                    file.modified() == null ? "-" : file.modified().toString(),
                    file.name() + (file.directory() ? "/" : ""));
        }
        table.print(invocation.output());
    }
}
