package dev.uartnet.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that a command reads, or standard input, which {@code -} stands for. What fails with it names it. */
final class InputFile {
    private final Path path;

    private InputFile(Path path) {
        this.path = path;
    }

    static InputFile of(Path path) {
        return new InputFile(path);
    }

    boolean isStandardInput() {
        return path.toString().equals("-");
    }

    /** Opens it; who closes the stream does not close standard input. */
    InputStream open(Invocation invocation) throws IOException {
        if (isStandardInput()) {
            return new FilterInputStream(invocation.input()) {
                @Override
                public void close() {}
            };
        }
        try {
            if (Files.isDirectory(path)) {
                throw new IOException("it is a folder");
            }
            return Files.newInputStream(path);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Returns its size in bytes, -1 if that is not known before it is read. */
    long size() throws IOException {
        return isStandardInput() || !Files.isRegularFile(path) ? -1 : Files.size(path);
    }

    /** Reads it whole. */
    byte[] bytes(Invocation invocation) throws IOException {
        try (InputStream stream = open(invocation)) {
            return stream.readAllBytes();
        }
    }

    /** Reads it whole, as UTF-8. */
    String text(Invocation invocation) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(invocation)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(this + " is no text in UTF-8", e);
        }
    }

    IOException failure(IOException cause) {
        String why = cause instanceof NoSuchFileException
                ? "no such file"
                : cause instanceof AccessDeniedException ? "permission denied" : String.valueOf(cause.getMessage());
        return new IOException("cannot read " + this + ": " + why, cause);
    }

    /** For people. */
    @Override
    public String toString() {
        return isStandardInput() ? "standard input" : path.toString();
    }
}
