package dev.uartnet.codec;

import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The data files of PROTOCOL.md, which the tests of both languages read. */
public final class Vectors {
    private static final Path FOLDER = Path.of(System.getProperty("uartnet.root", ".."), "codec", "protocol");

    private Vectors() {}

    /** A line's words, without its kind. */
    public record Vector(List<String> words) {
        public String name() {
            return words.get(0);
        }

        public String word(int index) {
            return words.get(index);
        }

        public byte[] bytes(int index) {
            return hex(words.get(index));
        }

        public int number(int index) {
            return Integer.parseInt(words.get(index));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    public static byte[] hex(String text) {
        return text.equals("-") ? new byte[0] : ByteBufUtil.decodeHexDump(text);
    }

    public static List<Vector> of(String kind) {
        return lines("vectors.txt", kind);
    }

    public static List<Vector> constants(String group) {
        return lines("constants.txt", group);
    }

    private static List<Vector> lines(String file, String kind) {
        try (Stream<String> lines = Files.lines(FOLDER.resolve(file))) {
            List<Vector> found = lines.filter(line -> line.startsWith(kind + " "))
                    .map(line -> line.split(" ", kind.startsWith("message") ? 4 : -1))
                    .map(words -> new Vector(Arrays.asList(words).subList(1, words.length)))
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalStateException("no " + kind + " in " + FOLDER.resolve(file));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
