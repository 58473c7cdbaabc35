package dev.uartnet.transport;

import com.fazecast.jSerialComm.SerialPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where jSerialComm's native library is loaded from. By itself it takes {@code /tmp/jSerialComm/VERSION} on Linux, a folder that it
 * makes writable for all: whoever writes there first has his code run by everybody else. So there it is unpacked to a
 * folder of this process's own, which is gone as soon as the library is loaded. Elsewhere temporary folders are the user's own.
 */
final class JSerialCommLibrary {
    /** jSerialComm's own property: a folder to load from first. One who sets it himself is left alone. */
    private static final String LIBRARY_PATH = "jSerialComm.library.path";

    private static final String FILE = "libjSerialComm.so";
    /** Those of its jar; jSerialComm tries which one fits. */
    private static final List<String> ARCHITECTURES =
            List.of("x86_64", "x86", "armv5", "armv6hf", "armv7hf", "armv8_64", "armv8_32", "ppc64le");

    private static final Logger log = LoggerFactory.getLogger(JSerialCommLibrary.class);

    private JSerialCommLibrary() {}

    /** Runs what makes jSerialComm load its library. */
    static void load(Runnable firstUse) {
        if (!System.getProperty("os.name", "").equals("Linux") || System.getProperty(LIBRARY_PATH) != null) {
            firstUse.run();
            return;
        }
        Path folder = null;
        try {
            folder = unpack();
            System.setProperty(LIBRARY_PATH, folder.toString());
        } catch (IOException e) {
            log.warn("cannot unpack jSerialComm's library to a folder of this process's own; it will choose one", e);
        }
        try {
            firstUse.run();
        } finally {
            if (folder != null) {
                System.clearProperty(LIBRARY_PATH);
                delete(folder);
            }
        }
    }

    private static Path unpack() throws IOException {
        Path folder = Files.createTempDirectory("uartnet-jSerialComm"); // for its owner only
        try {
            for (String architecture : ARCHITECTURES) {
                try (InputStream library =
                        SerialPort.class.getResourceAsStream("/Linux/" + architecture + "/" + FILE)) {
                    if (library != null) {
                        Path file =
                                folder.resolve("Linux").resolve(architecture).resolve(FILE);
                        Files.createDirectories(file.getParent());
                        Files.copy(library, file);
                    }
                }
            }
            return folder;
        } catch (IOException | RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            log.warn("cannot delete {}", folder, e);
        }
    }
}
