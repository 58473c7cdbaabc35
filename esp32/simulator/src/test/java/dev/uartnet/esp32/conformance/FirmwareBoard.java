package dev.uartnet.esp32.conformance;

import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.esp32.bench.FirmwareBench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Starts the firmware with a bench, a name server and a folder for its files, all of which end with the device. */
final class FirmwareBoard {
    private FirmwareBoard() {}

    static BenchedBoard start(Firmware.Builder builder) throws IOException {
        Path files = Files.createTempDirectory("uartnet-files");
        TestNameServer names = new TestNameServer();
        FirmwareBench bench = FirmwareBench.open();
        try {
            Firmware firmware = bench.addTo(builder)
                    .environment("UARTNET_DNS", "127.0.0.1:" + names.port())
                    .environment("UARTNET_HOSTS", "/dev/null")
                    .environment("UARTNET_FILES", files.toString())
                    .start();
            Device device = Device.onPath(firmware.path(), firmware::close, () -> end(files, names, bench));
            return new BenchedBoard(device, bench);
        } catch (FirmwareMissingException e) {
            end(files, names, bench);
            throw DeviceKind.missing(e);
        } catch (IOException | RuntimeException e) {
            end(files, names, bench);
            throw e;
        }
    }

    private static void end(Path files, TestNameServer names, FirmwareBench bench) {
        bench.close();
        names.close();
        try {
            Files.walkFileTree(files, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
