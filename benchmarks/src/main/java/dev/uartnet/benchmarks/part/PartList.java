package dev.uartnet.benchmarks.part;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What parts there are, in the order in which they run: {@code parts.txt}, which {@code benchmarks/run --help} shows as well, without a JVM. */
public final class PartList {
    /**
     * A part.
     *
     * @param name how it is called on the command line
     * @param about how long it takes, in words
     * @param what it measures
     */
    public record Entry(String name, String about, String what) {}

    private static final List<Entry> ALL = read();

    private PartList() {}

    public static List<Entry> all() {
        return ALL;
    }

    private static List<Entry> read() {
        try (InputStream text = PartList.class.getResourceAsStream("parts.txt")) {
            if (text == null) {
                throw new IllegalStateException("parts.txt is missing");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" *\\| *", 3))
                    .map(fields -> new Entry(fields[0], fields[1], fields[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
