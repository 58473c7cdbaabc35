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
     * Keeps a figure, and shows it. What a moment has shown is held against no target.
     *
     * @throws IllegalArgumentException its target is not reached, and it does not say what holds it
     */
    public void add(Figure figure) {
        boolean missed = Boolean.FALSE.equals(figure.reached());
        if (missed && figure.limit() == null) {
            throw new IllegalArgumentException("not reached, and nothing said to hold it: " + figure);
        }
        figures.add(effort.isShort() ? figure.withoutTarget() : figure);
        Integer repetitions = figure.repetitions();
        String range = repetitions == null || repetitions > 1
                ? String.format(Locale.ROOT, " (%,.3f to %,.3f)", figure.low(), figure.high())
                : "";
        String verdict = effort.isShort() || figure.reached() == null
                ? ""
                : missed ? "  NOT REACHED: " + figure.limit() : "  reached";
        System.err.printf(
                Locale.ROOT,
                "%-16s %-58s %,14.3f %s%s%s%n",
                figure.group(),
                figure.name(),
                figure.value(),
                figure.unit(),
                range,
                verdict);
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
