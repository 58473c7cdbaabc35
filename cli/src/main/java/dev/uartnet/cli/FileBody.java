package dev.uartnet.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A download to a file: written to a temporary file beside it, which takes its name when it is whole. So the name never stands for
 * half a file. What is no regular file ({@code /dev/null}, a named pipe) is written to directly.
 */
final class FileBody implements Body {
    private final Path file;
    private final Cleanups.Registration cleanup;
    /** Null: the file itself is written to. */
    private final @Nullable Path partial;

    private final OutputStream stream;

    private FileBody(Path file, Cleanups cleanups) throws IOException {
        this.file = file;
        boolean direct = Files.exists(file) && !Files.isRegularFile(file);
        Path partial = direct ? null : beside(file);
        this.partial = partial;
        try {
            stream = partial == null
                    ? Files.newOutputStream(file, StandardOpenOption.WRITE)
                    : Files.newOutputStream(partial, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw failure(e);
        }
        cleanup = cleanups.add(this::discard);
    }

    /**
     * Creates the temporary file.
     *
     * @throws IOException it cannot be created; the message says why
     */
    static FileBody open(Path file, Cleanups cleanups) throws IOException {
        // A symbolic link stays: what it leads to is replaced.
        return new FileBody(Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(), cleanups);
    }

    private static Path beside(Path file) {
        String suffix = Integer.toHexString(ThreadLocalRandom.current().nextInt());
        return file.resolveSibling("." + file.getFileName() + "." + suffix + ".part");
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            stream.write(bytes);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void complete() throws IOException {
        try {
            stream.close();
            if (partial != null) {
                keepPermissions(partial);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void keepPermissions(Path whole) throws IOException {
        PosixFileAttributeView old = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (old != null && Files.exists(file)) {
            Files.setPosixFilePermissions(whole, old.readAttributes().permissions());
        }
    }

    private IOException failure(IOException cause) {
        String why = cause instanceof NoSuchFileException
                ? "no such folder: " + file.getParent()
                : cause instanceof AccessDeniedException
                        ? "permission denied"
                        : cause instanceof FileSystemException system && system.getReason() != null
                                ? system.getReason()
                                : String.valueOf(cause.getMessage());
        return new IOException("cannot write " + file + ": " + why, cause);
    }

    @Override
    public void close() {
        cleanup.close();
    }

    private void discard() {
        try {
            stream.close();
            if (partial != null) {
                // Gone already if it was renamed.
                Files.deleteIfExists(partial);
            }
        } catch (IOException leftBehind) {
            // There is no more that could be done, and a failure is being reported already.
        }
    }
}
