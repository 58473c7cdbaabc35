package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBodyTest {
    @TempDir
    Path folder = Path.of("");

    private final Cleanups cleanups = new Cleanups();

    @Test
    void theNameAppearsWhenTheFileIsWhole() throws Exception {
        Path file = folder.resolve("file");
        try (FileBody body = FileBody.open(file, cleanups)) {
            body.write(bytes("one, "));
            assertThat(file).doesNotExist();
            body.write(bytes("two"));
            body.complete();
        }

        assertThat(file).hasContent("one, two");
        assertThat(files()).containsExactly("file");
    }

    @Test
    void whatIsNotWholeIsDiscardedAndTheOldFileStays() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "old");
        try (FileBody body = FileBody.open(file, cleanups)) {
            body.write(bytes("half"));
        }

        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly("file");
    }

    @Test
    void aShutdownDiscardsWhatIsNotWhole() throws Exception {
        FileBody body = FileBody.open(folder.resolve("file"), cleanups);
        body.write(bytes("half"));

        cleanups.runAll();

        assertThat(files()).isEmpty();
        assertThatThrownBy(() -> body.write(bytes("more"))).isInstanceOf(IOException.class);
    }

    @Test
    void aReplacedFileKeepsItsPermissionsAndASymbolicLinkStays() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        try (FileBody body = FileBody.open(link, cleanups)) {
            body.write(bytes("new"));
            body.complete();
        }

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void whatIsNoFileIsWrittenTo() throws Exception {
        try (FileBody body = FileBody.open(Path.of("/dev/null"), cleanups)) {
            body.write(bytes("gone"));
            body.complete();
        }

        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        Path file = folder.resolve("no").resolve("file");
        assertThatThrownBy(() -> FileBody.open(file, cleanups))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + file + ": no such folder: " + file.getParent());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
