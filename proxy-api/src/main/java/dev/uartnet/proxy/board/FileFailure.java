package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.request.RequestFailedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What failed with a file of the device, as the exceptions that a file of this host would have thrown. The device's answer is the cause. */
final class FileFailure {
    private FileFailure() {}

    static Throwable of(String path, Throwable cause) {
        if (!(cause instanceof RequestFailedException failed) || failed.errorCode() == ErrorCode.UNSUPPORTED) {
            return cause;
        }
        FileSystemException failure =
                switch (failed.errorCode()) {
                    case FILE_NOT_FOUND -> new NoSuchFileException(path, null, "no such file on the device");
                    case FILE_NO_SPACE ->
                        new FileSystemException(path, null, "no space left on the device" + words(failed));
                    case IO -> new FileSystemException(path, null, "the device's file system failed" + words(failed));
                    default -> new FileSystemException(path, null, "the device refused" + words(failed));
                };
        failure.initCause(cause);
        return failure;
    }

    private static String words(RequestFailedException failed) {
        return " (device: " + failed.getMessage() + ")";
    }
}
