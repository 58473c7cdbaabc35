package dev.uartnet.benchmarks.report;

import dev.uartnet.measure.Results;
import dev.uartnet.measure.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the report out of the results: {@code Report RESULTS REPORT}, two folders. */
public final class Report {
    /** The pictures that the README shows, by the plots' titles. */
    private static final Map<String, String> PICTURES = Map.of(
            "Goodput against line rate", "goodput-line-rate.svg",
            "Goodput against byte error rate", "goodput-errors.svg");

    private Report() {}

    /** Writes {@code index.html} and the README's pictures. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: Report RESULTS REPORT (folders)");
            System.exit(2);
        }
        write(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    static void write(Path resultsFolder, Path reportFolder) throws IOException {
        List<Results> results = ResultFiles.read(resultsFolder);
        Map<String, List<Series>> plots = new LinkedHashMap<>();
        for (Results result : results) {
            if (result.series() != null) {
                for (Series line : result.series()) {
                    if (!line.points().isEmpty()) {
                        plots.computeIfAbsent(line.plot(), unused -> new ArrayList<>())
                                .add(line);
                    }
                }
            }
        }
        plots.values().forEach(lines -> lines.sort(Comparator.comparingInt(line -> rank(line.name()))));
        PICTURES.keySet().forEach(title -> plots.computeIfPresent(title, (same, lines) -> withIdeal(lines)));
        Files.createDirectories(reportFolder);
        for (Map.Entry<String, String> picture : PICTURES.entrySet()) {
            List<Series> lines = plots.get(picture.getKey());
            if (lines != null) {
                Files.writeString(reportFolder.resolve(picture.getValue()), Plot.svg(picture.getKey(), lines));
            }
        }
        Files.writeString(reportFolder.resolve("index.html"), Page.of(results, plots));
    }

    /** The same colours in all pictures: what is sold, what it stands beside, then the rest. */
    private static int rank(String name) {
        return switch (name) {
            case "uartnet" -> 0;
            case "stop-and-wait peer" -> 1;
            default -> name.startsWith("uartnet") ? 2 : 3;
        };
    }

    /** Adds what a line could carry that has no frames, no checks and no errors. */
    private static List<Series> withIdeal(List<Series> lines) {
        Series like = lines.get(0);
        double[] ends = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> point[0])
                .sorted()
                .toArray();
        double first = ends[0];
        double last = ends[ends.length - 1];
        boolean byRate = like.xUnit().equals("baud");
        List<double[]> points = byRate
                ? List.of(new double[] {first, first / 10_000}, new double[] {last, last / 10_000})
                : List.of(new double[] {first, 92.16}, new double[] {last, 92.16});
        List<Series> all = new ArrayList<>(lines);
        all.add(new Series(
                like.plot(),
                "ideal: every bit is payload",
                like.x(),
                like.xUnit(),
                like.y(),
                like.yUnit(),
                like.xLog(),
                like.yLog(),
                points));
        return all;
    }
}
