package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.SessionRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The device's files ({@link ProxyClient#files()}). Paths are absolute, {@code /} between their parts, without {@code .} and {@code ..}.
 *
 * <pre>{@code
 * device.files().readText("/uartnet.json")       // Mono<String>
 * device.files().write("/lib/sensor.py", code)   // Mono<Long>
 * device.files().list("/")                       // Flux<DeviceFile>
 * }</pre>
 *
 * <p>A file is replaced as a whole or not at all: a write that fails, is cancelled or loses its link leaves the old one. The device writes one at a time;
 * writes of the same client wait for each other.
 *
 * <p>In the device's configuration, {@code /uartnet.json}, each password reads {@code "***"}; one that is written so stays what it was. The device checks a
 * configuration before it takes it.
 *
 * <p><b>Errors.</b> {@link java.nio.file.NoSuchFileException}; {@link java.nio.file.FileSystemException} with the path and the device's words: no space,
 * a directory that is not empty, a configuration that is none. Others, and threads: see the package.
 */
public final class DeviceFiles {
    private final DeviceRequests requests;
    private final Turns writes = new Turns();

    /** As {@link ProxyClient#files()}. */
    public DeviceFiles(ProxyClient client) {
        requests = client.requests();
    }

    /** Lists a directory, in the order of the device's file system; without what is in directories below. */
    public Flux<DeviceFile> list(String path) {
        return items(Operation.FILE_LIST, path).map(DeviceFile::of);
    }

    /**
     * Reads a file, as far as is asked for.
     *
     * @return its bytes, in pieces of the device's choice; each buffer belongs to its receiver. Cancelling stops the device
     */
    public Flux<ByteBuf> read(String path) {
        return pieces(path).map(Unpooled::wrappedBuffer);
    }

    /** Reads a file whole into memory. */
    public Mono<byte[]> readAll(String path) {
        return pieces(path)
                .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
                .map(ByteArrayOutputStream::toByteArray);
    }

    /** Reads a file of UTF-8 whole into memory. */
    public Mono<String> readText(String path) {
        return readAll(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private Flux<byte[]> pieces(String path) {
        return items(Operation.FILE_READ, path).map(DeviceFiles::bytes);
    }

    private static byte[] bytes(Optional<Object> item) {
        return Answer.ofValue("contents of a file", item).requiredBytes(0);
    }

    private Flux<Optional<Object>> items(int operation, String path) {
        String checked = absolute(path);
        return requests.stream(operation, checked).onErrorMap(cause -> FileFailure.of(checked, cause));
    }

    /**
     * Writes a file, or another one in its place; makes the directories that lack.
     *
     * @param contents asked for as the line takes them; each buffer is released. If it fails, the file stays as it was
     * @return the file's size, in bytes, when it is in place
     */
    public Mono<Long> write(String path, Publisher<? extends ByteBuf> contents) {
        String checked = absolute(path);
        return writes.inTurn(requests.session().flatMap(session -> write(session, checked, contents)));
    }

    private Mono<Long> write(SessionRequests session, String path, Publisher<? extends ByteBuf> contents) {
        return new FileWrite(session, requests.timeout(), path).run(contents);
    }

    /** As {@link #write(String, Publisher)}. */
    public Mono<Long> write(String path, byte[] contents) {
        return write(path, Mono.fromSupplier(() -> Unpooled.wrappedBuffer(contents)));
    }

    /** As {@link #write(String, Publisher)}, in UTF-8. */
    public Mono<Long> write(String path, String contents) {
        return write(path, contents.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes a file, or an empty directory. */
    public Mono<Void> remove(String path) {
        String checked = absolute(path);
        return requests.request(Operation.FILE_REMOVE, checked)
                .then()
                .onErrorMap(cause -> FileFailure.of(checked, cause));
    }

    private static String absolute(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path on the device begins with /: " + path);
        }
        return path;
    }
}
