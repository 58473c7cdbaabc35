package dev.uartnet.benchmarks.report;

import com.google.gson.JsonParseException;
import dev.uartnet.measure.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads what the instruments have written, in the form that benchmarks/README.md describes. */
final class ResultFiles {
    private ResultFiles() {}

    /**
     * Reads all files of a folder, by name.
     *
     * @throws IOException a file cannot be read, or is not of that form; the message names it
     */
    static List<Results> read(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        List<Results> results = new ArrayList<>();
        for (Path file : files) {
            try {
                Results result = Results.gson().fromJson(Files.readString(file), Results.class);
                if (result == null || result.title() == null || result.figures() == null) {
                    throw new JsonParseException("title or figures are missing");
                }
                results.add(result);
            } catch (JsonParseException e) {
                throw new IOException(file + " is no file of results (see benchmarks/README.md): " + e.getMessage(), e);
            }
        }
        return results;
    }
}
