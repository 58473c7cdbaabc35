package dev.uartnet.benchmarks.link;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One run of the link benchmark: how much is to be measured, and what has been found so far. */
final class Run {
    private final Effort effort;
    private final List<Figure> figures = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();

    Run(Effort effort) {
        this.effort = effort;
    }

    Effort effort() {
        return effort;
    }

    /** Keeps a figure, and shows it. */
    void add(Figure figure) {
        figures.add(figure);
        String verdict = figure.reached() == null ? "" : figure.reached() ? "  reached" : "  NOT REACHED";
        System.err.printf(
                Locale.ROOT,
                "%-16s %-58s %,14.3f %s (%,.3f to %,.3f)%s%n",
                figure.group(),
                figure.name(),
                figure.value(),
                figure.unit(),
                figure.low(),
                figure.high(),
                verdict);
    }

    void add(Series line) {
        series.add(line);
    }

    List<Figure> figures() {
        return figures;
    }

    List<Series> series() {
        return series;
    }
}
