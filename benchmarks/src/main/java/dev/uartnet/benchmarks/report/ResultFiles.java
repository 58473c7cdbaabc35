package dev.uartnet.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Machine;
import dev.uartnet.measure.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what the instruments have written, in the forms that benchmarks/README.md describes. */
final class ResultFiles {
    private static final Gson GSON = Results.gson();

    private ResultFiles() {}

    /**
     * Reads all files of a folder, by name.
     *
     * @throws IOException a file cannot be read, or is of no such form; the message names it
     */
    static List<Results> read(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file ->
                            file.toString().endsWith(".json") || file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
        List<Results> results = new ArrayList<>();
        for (Path file : files) {
            try {
                results.add(results(file, Files.readString(file)));
            } catch (JsonParseException | IllegalStateException | NullPointerException | NumberFormatException e) {
                throw new IOException(file + " is no file of results (see benchmarks/README.md): " + e.getMessage(), e);
            }
        }
        return results;
    }

    private static Results results(Path file, String text) {
        if (file.toString().endsWith(".jsonl")) {
            return lines(file, text);
        }
        JsonElement root = JsonParser.parseString(text);
        return root.isJsonArray() ? jmh(file, root.getAsJsonArray()) : GSON.fromJson(root, Results.class);
    }

    /** One figure a line; a line with a title and without a name is the head. */
    private static Results lines(Path file, String text) {
        Results head = new Results(title(file), null, null, null, null, List.of(), null);
        List<Figure> figures = new ArrayList<>();
        for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
            JsonObject object = JsonParser.parseString(line).getAsJsonObject();
            if (object.has("title") && !object.has("name")) {
                object.add("figures", new JsonArray());
                head = GSON.fromJson(object, Results.class);
            } else {
                figures.add(GSON.fromJson(object, Figure.class));
            }
        }
        return new Results(head.title(), head.date(), head.commit(), head.how(), head.machine(), figures, null);
    }

    private static String title(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** What JMH writes with {@code -rf json}. */
    private static Results jmh(Path file, JsonArray benchmarks) {
        List<Figure> figures = new ArrayList<>();
        String how = null;
        Machine machine = null;
        for (JsonElement element : benchmarks) {
            JsonObject benchmark = element.getAsJsonObject();
            how = how(benchmark);
            machine = new Machine(
                    null,
                    0,
                    null,
                    "",
                    benchmark.get("vmName").getAsString() + " "
                            + benchmark.get("vmVersion").getAsString(),
                    null,
                    Double.NaN);
            JsonObject score = benchmark.getAsJsonObject("primaryMetric");
            double[] spread = confidence(score);
            figures.add(new Figure(
                    title(file),
                    name(benchmark),
                    score.get("score").getAsDouble(),
                    score.get("scoreUnit").getAsString(),
                    null,
                    null,
                    null,
                    spread == null ? null : spread[0],
                    spread == null ? null : spread[1],
                    benchmark.get("measurementIterations").getAsInt(),
                    null,
                    garbage(benchmark)));
        }
        return new Results(title(file) + " (JMH)", null, null, how, machine, figures, null);
    }

    private static String how(JsonObject benchmark) {
        return String.format(
                Locale.ROOT,
                "JMH %s, %s forks, %s warm-up and %s measured iterations of %s; low and high: 99.9 %% confidence",
                benchmark.get("jmhVersion").getAsString(),
                benchmark.get("forks").getAsString(),
                benchmark.get("warmupIterations").getAsString(),
                benchmark.get("measurementIterations").getAsString(),
                benchmark.get("measurementTime").getAsString());
    }

    private static String name(JsonObject benchmark) {
        String full = benchmark.get("benchmark").getAsString();
        String[] words = full.split("\\.", -1);
        StringBuilder name = new StringBuilder(words[words.length - 2] + "." + words[words.length - 1]);
        if (benchmark.has("params")) {
            benchmark.getAsJsonObject("params").entrySet().forEach(parameter -> name.append(", ")
                    .append(parameter.getKey())
                    .append(' ')
                    .append(parameter.getValue().getAsString()));
        }
        return name.toString();
    }

    /** JMH writes NaN as a word where there was one iteration only. */
    private static double @Nullable [] confidence(JsonObject score) {
        try {
            JsonArray bounds = score.getAsJsonArray("scoreConfidence");
            double low = bounds.get(0).getAsDouble();
            double high = bounds.get(1).getAsDouble();
            return Double.isNaN(low) || Double.isNaN(high) ? null : new double[] {low, high};
        } catch (NumberFormatException none) {
            return null;
        }
    }

    private static @Nullable String garbage(JsonObject benchmark) {
        JsonObject more = benchmark.getAsJsonObject("secondaryMetrics");
        JsonObject allocated = more == null ? null : more.getAsJsonObject("gc.alloc.rate.norm");
        return allocated == null
                ? null
                : String.format(
                        Locale.ROOT,
                        "%.3f bytes allocated an operation",
                        allocated.get("score").getAsDouble());
    }
}
