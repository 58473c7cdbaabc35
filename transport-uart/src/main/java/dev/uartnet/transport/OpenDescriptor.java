package dev.uartnet.transport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the descriptor by which this process has a device open and locked, in Linux's /proc. A lock by flock belongs to one opening of
 * a file, and only the descriptor of that opening shows it; so neither another opening of the same device by this process nor
 * what other threads open at the same time is taken for it.
 */
final class OpenDescriptor {
    private static final Logger log = LoggerFactory.getLogger(OpenDescriptor.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path DESCRIPTIONS = Path.of("/proc/self/fdinfo");
    /** Of every architecture that Netty has epoll for; written in octal. */
    private static final int O_NONBLOCK = 0x800;

    private OpenDescriptor() {}

    /** The descriptor of {@code device}, locked and without blocking, or {@link DescriptorPort#NONE}. Reads files. */
    static int of(String device) {
        try {
            Path path = Path.of(device).toRealPath();
            List<Path> others = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
                for (Path entry : entries) {
                    String target = targetOf(entry);
                    if (target.equals(path.toString())) {
                        int descriptor = numberOf(entry);
                        if (isLockedAndNonBlocking(descriptor)) {
                            return descriptor;
                        }
                    } else if (target.startsWith("/")) {
                        others.add(entry);
                    }
                }
            }
            return amongOthers(others, path); // in a container a device may show under another name
        } catch (IOException | RuntimeException e) {
            log.debug("{}: its descriptor cannot be told", device, e);
            return DescriptorPort.NONE;
        }
    }

    private static int amongOthers(List<Path> entries, Path path) throws IOException {
        for (Path entry : entries) {
            int descriptor = numberOf(entry);
            if (isLockedAndNonBlocking(descriptor) && Files.isSameFile(entry, path)) {
                return descriptor;
            }
        }
        return DescriptorPort.NONE;
    }

    private static int numberOf(Path entry) {
        return Integer.parseInt(entry.getFileName().toString());
    }

    /** Empty if another thread has closed it meanwhile. */
    private static String targetOf(Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isLockedAndNonBlocking(int descriptor) {
        boolean locked = false;
        boolean nonBlocking = false;
        try {
            for (String line : Files.readAllLines(DESCRIPTIONS.resolve(Integer.toString(descriptor)))) {
                if (line.startsWith("flags:")) {
                    nonBlocking = (Integer.parseInt(line.substring(6).trim(), 8) & O_NONBLOCK) != 0;
                }
                locked |= line.startsWith("lock:") && line.contains("FLOCK");
            }
        } catch (IOException e) {
            return false; // closed meanwhile
        }
        return locked && nonBlocking;
    }
}
