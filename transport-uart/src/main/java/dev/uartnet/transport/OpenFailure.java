package dev.uartnet.transport;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells why a port could not be opened, from the error number that the driver gave and from what the file system says
 * about the name.
 */
final class OpenFailure {
    // The numbers are the same on Linux and macOS, where not said otherwise. Windows' own are translated below.
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EIO = 5;
    private static final int ENXIO = 6;
    private static final int EAGAIN_LINUX = 11;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int ENODEV = 19;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int ENOTTY = 25;
    private static final int EAGAIN_MACOS = 35;
    private static final int ERROR_FILE_NOT_FOUND = 2;
    private static final int ERROR_ACCESS_DENIED = 5;

    private static final boolean WINDOWS =
            FileSystems.getDefault().getSeparator().equals("\\");

    private static final Set<PosixFilePermission> GROUP_ACCESS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

    private OpenFailure() {}

    /** What the file system knows of a name. */
    interface FileView {
        boolean exists();

        /** Whether it is a plain file or a directory. */
        boolean isFileOrDirectory();

        /** The group whose members may read and write it; null if there is none, or it is unknown. */
        @Nullable
        String group();
    }

    /** The view of the file that {@code portName} names; symbolic links are followed. */
    static FileView viewOf(String portName) {
        return new FileView() {
            @Override
            public boolean exists() {
                Path path = path();
                return path != null && Files.exists(path);
            }

            @Override
            public boolean isFileOrDirectory() {
                Path path = path();
                return path != null && (Files.isRegularFile(path) || Files.isDirectory(path));
            }

            @Override
            public @Nullable String group() {
                Path path = path();
                try {
                    if (path != null) {
                        PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
                        return attributes.permissions().containsAll(GROUP_ACCESS)
                                ? attributes.group().getName()
                                : null;
                    }
                } catch (IOException | UnsupportedOperationException e) {
                    // Then it is unknown.
                }
                return null;
            }

            private @Nullable Path path() {
                try {
                    return Path.of(portName);
                } catch (InvalidPathException e) {
                    return null;
                }
            }
        };
    }

    static UartPortNotFoundException notFound(String portName) {
        List<UartPortInfo> ports = UartPorts.list();
        String known = ports.isEmpty()
                ? "this machine has no serial ports; is the device plugged in?"
                : "ports of this machine: "
                        + String.join(
                                ", ",
                                ports.stream().map(UartPortInfo::systemPath).toList());
        return new UartPortNotFoundException(portName, "cannot open " + portName + ": no such port (" + known + ")");
    }

    static NotASerialPortException notSerial(String portName) {
        return new NotASerialPortException(
                portName, "cannot open " + portName + ": not a serial port (expected: a device such as /dev/ttyUSB0)");
    }

    static UartPortBusyException busy(String portName) {
        return new UartPortBusyException(
                portName,
                "cannot open " + portName + ": in use by another program or channel (close that one first, such as a"
                        + " serial monitor)");
    }

    /** The exception for an open that failed with {@code errno} (on Windows: its last error). */
    static UartException diagnose(String portName, int errno, UartSettings settings, FileView file) {
        if (WINDOWS) {
            return switch (errno) {
                case ERROR_FILE_NOT_FOUND -> notFound(portName);
                case ERROR_ACCESS_DENIED -> busy(portName); // what Windows says of a port that is open elsewhere
                default -> unknown(portName, errno);
            };
        }
        return switch (errno) {
            case EACCES, EPERM -> permission(portName, file);
            case EBUSY, EAGAIN_LINUX, EAGAIN_MACOS -> busy(portName);
            // jSerialComm's own 2 for a port that this process has open collides with ENOENT.
            case ENOENT -> file.exists() ? busy(portName) : notFound(portName);
            case ENXIO, ENODEV, EIO ->
                new UartPortNotFoundException(
                        portName, "cannot open " + portName + ": no device behind this name (errno " + errno + ")");
            case ENOTTY, EISDIR -> notSerial(portName);
            case EINVAL ->
                file.isFileOrDirectory()
                        ? notSerial(portName)
                        : new UartParameterException(
                                portName,
                                "cannot open " + portName + ": the port does not support " + settings + " (errno "
                                        + errno + ")");
            default -> unknown(portName, errno);
        };
    }

    private static UartPermissionException permission(String portName, FileView file) {
        String group = file.group();
        String wayOut = group == null
                ? "its group has no access; it takes a udev rule that gives it to a group such as dialout"
                : "is the user in the " + group + " group? sudo usermod -aG " + group + " $USER, then log in again";
        return new UartPermissionException(
                portName, "cannot open " + portName + ": permission denied (" + wayOut + ")");
    }

    private static UartException unknown(String portName, int errno) {
        return new UartException(portName, "cannot open " + portName + ": error " + errno + " of the operating system");
    }
}
