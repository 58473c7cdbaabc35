package dev.uartnet.benchmarks.port;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What was measured, as a table and in the form of results that {@code benchmarks/README.md} describes. */
final class Figures {
    private final List<Figure> figures = new ArrayList<>();

    /** A quantity that is wanted small; its values are those of the repetitions. */
    private record Figure(String group, String name, String unit, List<Double> values, @Nullable Double target) {
        double median() {
            return Figures.median(values);
        }

        double low() {
            return values.stream().mapToDouble(v -> v).min().orElse(0);
        }

        double high() {
            return values.stream().mapToDouble(v -> v).max().orElse(0);
        }
    }

    void add(String group, String name, String unit, List<Double> values) {
        figures.add(new Figure(group, name, unit, values, null));
    }

    void addWithTarget(String group, String name, String unit, List<Double> values, double atMost) {
        figures.add(new Figure(group, name, unit, values, atMost));
    }

    static double median(Collection<? extends Number> values) {
        double[] sorted =
                values.stream().mapToDouble(Number::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** For people. */
    List<String> table() {
        List<String> rows = new ArrayList<>();
        String group = "";
        for (Figure figure : figures) {
            if (!figure.group.equals(group)) {
                group = figure.group;
                rows.add("");
                rows.add(group);
            }
            rows.add(String.format(
                    Locale.ROOT,
                    "  %-44s %10.2f %-8s (%.2f to %.2f)%s",
                    figure.name,
                    figure.median(),
                    figure.unit,
                    figure.low(),
                    figure.high(),
                    figure.target == null
                            ? ""
                            : " wanted: at most " + figure.target + (reached(figure) ? ", reached" : ", not reached")));
        }
        return rows;
    }

    /** One JSON object a line. */
    List<String> json() {
        List<String> lines = new ArrayList<>();
        for (Figure figure : figures) {
            StringBuilder line = new StringBuilder();
            line.append(String.format(
                    Locale.ROOT,
                    "{\"group\": \"%s\", \"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"low\": %.3f,"
                            + " \"high\": %.3f, \"repetitions\": %d",
                    figure.group,
                    figure.name,
                    figure.median(),
                    figure.unit,
                    figure.low(),
                    figure.high(),
                    figure.values.size()));
            if (figure.target != null) {
                line.append(String.format(
                        Locale.ROOT,
                        ", \"target\": %s, \"comparison\": \"<=\", \"reached\": %s",
                        figure.target,
                        reached(figure)));
            }
            lines.add(line.append('}').toString());
        }
        return lines;
    }

    private static boolean reached(Figure figure) {
        return figure.target != null && figure.median() <= figure.target;
    }
}
