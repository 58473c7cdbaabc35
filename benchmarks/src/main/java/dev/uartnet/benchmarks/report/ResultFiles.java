package dev.uartnet.benchmarks.report;

import com.google.gson.JsonParseException;
import dev.uartnet.benchmarks.part.PartList;
import dev.uartnet.measure.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Reads what the instruments have written, in the form that benchmarks/README.md describes. */
final class ResultFiles {
    private static final String ENDING = ".json";
    /** What the files of the link's parts begin with. */
    private static final String LINK = "link-";

    private ResultFiles() {}

    /**
     * Reads all files of a folder, in the order in which the parts run; others come last, by name.
     *
     * @throws IOException a file cannot be read, or is not of that form; the message names it
     */
    static List<ResultFile> read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("no folder of results: " + folder);
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(ENDING)).toList();
        }
        List<ResultFile> results = new ArrayList<>();
        for (Path file : files) {
            try {
                Results result = Results.gson().fromJson(Files.readString(file), Results.class);
                if (result == null || result.title() == null || result.figures() == null) {
                    throw new JsonParseException("title or figures are missing");
                }
                results.add(new ResultFile(part(file), result));
            } catch (JsonParseException e) {
                throw new IOException(file + " is no file of results (see benchmarks/README.md): " + e.getMessage(), e);
            }
        }
        List<String> order = PartList.all().stream().map(PartList.Entry::name).toList();
        results.sort(Comparator.comparingInt((ResultFile file) -> {
                    int at = order.indexOf(file.part());
                    return at < 0 ? order.size() : at;
                })
                .thenComparing(ResultFile::part));
        return results;
    }

    private static String part(Path file) {
        String name = String.valueOf(file.getFileName());
        String part = name.substring(0, name.length() - ENDING.length());
        return part.startsWith(LINK) ? part.substring(LINK.length()) : part;
    }
}
