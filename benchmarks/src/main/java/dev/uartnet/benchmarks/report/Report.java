package dev.uartnet.benchmarks.report;

import dev.uartnet.measure.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the report out of the results: {@code Report RESULTS REPORT}, two folders, which may be the same. */
public final class Report {
    private Report() {}

    /** Writes {@code index.html} and the README's pictures; exit code 1 if it cannot, 2 if the arguments are wrong. */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: Report RESULTS REPORT (folders)");
            System.exit(2);
        }
        try {
            write(Path.of(arguments[0]), Path.of(arguments[1]));
            System.err.println(Path.of(arguments[1]).resolve("index.html"));
        } catch (IOException e) {
            System.err.println("no report: " + e.getMessage());
            System.exit(1);
        }
    }

    static void write(Path resultsFolder, Path reportFolder) throws IOException {
        List<ResultFile> results = ResultFiles.read(resultsFolder);
        Map<String, List<Series>> plots = plots(results);
        Files.createDirectories(reportFolder);
        for (Map.Entry<String, List<Series>> plot : plots.entrySet()) {
            Picture picture = Picture.of(plot.getKey());
            if (picture.file() != null) {
                Files.writeString(reportFolder.resolve(picture.file()), Plot.svg(picture, plot.getValue()));
            }
        }
        Files.writeString(reportFolder.resolve("index.html"), Page.of(results, plots));
    }

    /** Returns each picture's lines, by its title. One without two points to join says nothing, and is left out. */
    private static Map<String, List<Series>> plots(List<ResultFile> results) {
        Map<String, Map<String, Series>> plots = new LinkedHashMap<>();
        for (ResultFile file : results) {
            List<Series> lines = file.results().series();
            for (Series line : lines == null ? List.<Series>of() : lines) {
                if (!line.points().isEmpty()) {
                    plots.computeIfAbsent(line.plot(), unused -> new LinkedHashMap<>())
                            .merge(line.name(), line, Report::joined);
                }
            }
        }
        Map<String, List<Series>> drawn = new LinkedHashMap<>();
        plots.forEach((title, byName) -> {
            if (byName.values().stream().anyMatch(line -> line.points().size() > 1)) {
                List<Series> lines = new ArrayList<>();
                byName.values().stream()
                        .sorted(Comparator.comparingInt(line -> Palette.place(line.name())))
                        .forEach(line -> lines.add(with(line, line.points())));
                Series ideal = Picture.of(title).ideal(lines);
                if (ideal != null) {
                    lines.add(ideal);
                }
                drawn.put(title, lines);
            }
        });
        return drawn;
    }

    /** One line of what two files say of the same. */
    private static Series joined(Series one, Series other) {
        List<double[]> points = new ArrayList<>(one.points());
        points.addAll(other.points());
        return with(one, points);
    }

    /** The same line with these points, by x: so they are joined from left to right. */
    private static Series with(Series line, List<double[]> points) {
        return new Series(
                line.plot(),
                line.name(),
                line.x(),
                line.xUnit(),
                line.y(),
                line.yUnit(),
                line.xLog(),
                line.yLog(),
                points.stream()
                        .sorted(Comparator.comparingDouble(point -> point[0]))
                        .toList());
    }
}
