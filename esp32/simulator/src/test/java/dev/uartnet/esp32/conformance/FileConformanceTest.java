package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: files. */
@EachBoard
class FileConformanceTest extends BoardConformanceTest {
    private static final String CONFIGURATION = "/uartnet.json";
    private static final int PIECE = 700;

    private void write(String path, byte[] content) throws Exception {
        int at = 0;
        do {
            int end = Math.min(content.length, at + PIECE);
            byte[] piece = Arrays.copyOfRange(content, at, end);
            assertThat(host.request(Operation.FILE_WRITE, path, at, piece, end == content.length))
                    .containsExactly((long) end);
            at = end;
        } while (at < content.length);
    }

    private void write(String path, String content) throws Exception {
        write(path, content.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] read(String path) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Object piece : host.stream(Operation.FILE_READ, path).all()) {
            content.writeBytes((byte[]) piece);
        }
        return content.toByteArray();
    }

    private String text(String path) {
        return new String(read(path), StandardCharsets.UTF_8);
    }

    private Map<String, List<?>> list(String path) {
        Map<String, List<?>> entries = new TreeMap<>();
        for (Object entry : host.stream(Operation.FILE_LIST, path).all()) {
            entries.put((String) ((List<?>) entry).get(0), (List<?>) entry);
        }
        return entries;
    }

    private void assertLacks(int operation, @Nullable Object... args) {
        HostStream stream = host.stream(operation, args).demand(1);
        Host.await(stream.answer());
        assertThat(stream.answer().cause()).isInstanceOf(RequestFailedException.class);
        assertThat(((RequestFailedException) stream.answer().cause()).errorCode())
                .isEqualTo(ErrorCode.FILE_NOT_FOUND);
    }

    @Test
    void aFileIsWrittenAndRead() throws Exception {
        byte[] content = Peer.content(10_000);
        write("/content.bin", content);
        assertThat(read("/content.bin")).isEqualTo(content);

        write("/content.bin", "short");
        assertThat(text("/content.bin")).isEqualTo("short");
        write("/content.bin", "");
        assertThat(read("/content.bin")).isEmpty();
    }

    @Test
    void directoriesThatLackAreMade() throws Exception {
        write("/lib/deep/module.py", "x = 1");
        write("/lib/other.py", "y = 2\n");

        assertThat(list("/")).containsKey("lib");
        assertThat(list("/").get("lib").get(1)).isEqualTo(true);
        Map<String, List<?>> lib = list("/lib");
        assertThat(lib).containsOnlyKeys("deep", "other.py");
        assertThat(lib.get("other.py").subList(1, 3)).isEqualTo(List.of(false, 6L));
        assertThat(lib.get("deep").get(1)).isEqualTo(true);
    }

    @Test
    void filesAndEmptyDirectoriesAreRemoved() throws Exception {
        write("/lib/module.py", "x = 1");
        assertBadRequest("/lib", Operation.FILE_REMOVE, "/lib");
        assertThat(host.request(Operation.FILE_REMOVE, "/lib/module.py")).isEmpty();
        assertLacks(Operation.FILE_READ, "/lib/module.py");
        assertThat(list("/lib")).isEmpty();
        assertThat(host.request(Operation.FILE_REMOVE, "/lib")).isEmpty();
        assertThat(list("/")).doesNotContainKey("lib");
    }

    @Test
    void whatLacksIsTold() {
        assertLacks(Operation.FILE_READ, "/nothing");
        assertLacks(Operation.FILE_LIST, "/nothing");
        assertLacks(Operation.FILE_REMOVE, "/nothing");
    }

    @Test
    void newContentsTakeTheOldOnesPlaceWhenTheyAreComplete() throws Exception {
        write("/file", "old");
        host.request(Operation.FILE_WRITE, "/file", 0, new byte[] {1}, false);
        assertThat(text("/file")).isEqualTo("old");
        assertThat(list("/").get("file").get(2)).isEqualTo(3L);
        host.request(Operation.FILE_WRITE, "/file", 1, new byte[] {2}, true);
        assertThat(read("/file")).containsExactly(1, 2);
    }

    @Test
    void unfinishedContentsEndWithTheSession() throws Exception {
        host.request(Operation.FILE_WRITE, "/file", 0, new byte[] {1}, false);
        reconnect();
        assertBadRequest("position", Operation.FILE_WRITE, "/file", 1, new byte[] {2}, true);
        assertLacks(Operation.FILE_READ, "/file");
    }

    @Test
    void bytesGoBehindThoseThatAreThere() throws Exception {
        host.request(Operation.FILE_WRITE, "/file", 0, new byte[] {1, 2}, false);
        assertBadRequest("position", Operation.FILE_WRITE, "/file", 1, new byte[] {3}, true);
        assertBadRequest("position", Operation.FILE_WRITE, "/other", 2, new byte[] {3}, true);
        host.request(Operation.FILE_WRITE, "/file", 2, new byte[] {3}, true);
        assertThat(read("/file")).containsExactly(1, 2, 3);
    }

    @Test
    void pathsAreAbsoluteAndPlain() {
        for (String path : List.of("", "file", "//file", "/a//b", "/a/", "/./file", "/a/../file", "/..")) {
            assertBadRequest("path", Operation.FILE_READ, path);
            assertBadRequest("path", Operation.FILE_WRITE, path, 0, new byte[0], true);
        }
        assertBadRequest("path", Operation.FILE_LIST, 5);
    }

    // The configuration

    @Test
    void theConfigurationsPasswordIsNotTold() throws Exception {
        write(CONFIGURATION, "{\"ssid\": \"home\", \"password\": \"correct horse\"}");
        assertThat(text(CONFIGURATION)).contains("home").contains("***").doesNotContain("correct horse");
    }

    @Test
    void theConfigurationIsChangedWithoutKnowingThePassword() throws Exception {
        write(CONFIGURATION, "{\"ssid\": \"home\", \"password\": \"correct horse\"}");
        write(CONFIGURATION, text(CONFIGURATION).replace("home", "work"));
        assertThat(text(CONFIGURATION)).contains("work").contains("***");
    }

    @Test
    void whatIsNoConfigurationIsRefused() throws Exception {
        write(CONFIGURATION, "{\"hostname\": \"kept\"}");
        for (String wrong : List.of("{", "[]", "{\"no_such_key\": 1}", "{\"baud\": \"fast\"}")) {
            byte[] bytes = wrong.getBytes(StandardCharsets.UTF_8);
            assertBadRequest("", Operation.FILE_WRITE, CONFIGURATION, 0, bytes, true);
        }
        assertThat(text(CONFIGURATION)).contains("kept");
    }
}
