package dev.uartnet.benchmarks.part;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One run of a part: how much is to be measured, and what has been found so far. */
public final class Run {
    private final Effort effort;
    private final List<Figure> figures = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();

    public Run(Effort effort) {
        this.effort = effort;
    }

    public Effort effort() {
        return effort;
    }

    /**
     * Keeps a figure, and shows it.
     *
     * @throws IllegalArgumentException its target is not reached, and it does not say what holds it
     */
    public void add(Figure figure) {
        boolean missed = Boolean.FALSE.equals(figure.reached());
        if (missed && figure.limit() == null) {
            throw new IllegalArgumentException("not reached, and nothing said to hold it: " + figure);
        }
        figures.add(figure);
        System.err.printf(
                Locale.ROOT,
                "%-16s %-58s %,14.3f %s (%,.3f to %,.3f)%s%n",
                figure.group(),
                figure.name(),
                figure.value(),
                figure.unit(),
                figure.low(),
                figure.high(),
                missed ? "  NOT REACHED: " + figure.limit() : figure.reached() == null ? "" : "  reached");
    }

    /** Keeps a line of a plot. */
    public void add(Series line) {
        series.add(line);
    }

    public List<Figure> figures() {
        return figures;
    }

    public List<Series> series() {
        return series;
    }
}
