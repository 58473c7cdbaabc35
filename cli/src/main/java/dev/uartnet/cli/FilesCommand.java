package dev.uartnet.cli;

import dev.uartnet.proxy.board.DeviceFiles;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** A command with files of the device. */
abstract class FilesCommand extends DeviceCommand {
    FilesCommand(Invocation invocation) {
        super(invocation);
    }

    /** Does the work. */
    abstract void run(Device device, DeviceFiles files) throws Exception;

    @Override
    final int run(Device device) throws Exception {
        try {
            run(device, device.client().files());
            return ExitCodes.DONE;
        } catch (FileSystemException e) {
            // The device's; what fails with files of this machine is said otherwise.
            throw new RemoteFailureException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A path on the device, as the user wrote it. */
    static String absolute(@Nullable String path) throws UsageException {
        if (path == null || path.isBlank()) {
            throw new UsageException("the path on the device is empty (expected: one such as /uartnet.json)");
        }
        return path.startsWith("/") ? path : "/" + path;
    }
}
