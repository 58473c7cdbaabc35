package dev.uartnet.benchmarks.part;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the cost of a unit of work grows with how much there is of it: one that does not grow is linear in all. */
public final class Growth {
    /** What is still linear: the rest is the machine's mood, and what is done once for each. */
    private static final double LINEAR_MAX = 1.5;

    private final String of;
    private final String unit;
    private final List<double[]> points = new ArrayList<>();

    /**
     * Nothing measured yet.
     *
     * @param of what it is the cost of, as {@code "host CPU a MB"}
     * @param unit of what grows, as {@code "sockets"}
     */
    public Growth(String of, String unit) {
        this.of = of;
        this.unit = unit;
    }

    /** Adds what was measured with so many; fewer come first. */
    public void add(double count, double cost) {
        points.add(new double[] {count, cost});
    }

    /**
     * Gives the line of a plot to a run: the costs against the counts.
     *
     * @param plot title of the picture
     * @param name of this line
     * @param cost what the axis shows, in {@code costUnit}
     */
    public void drawInto(Run run, String plot, String name, String cost, String costUnit) {
        run.add(new Series(plot, name, unit, "", cost, costUnit, true, false, points));
    }

    /**
     * Gives the figure to a run: the cost with the most against the cost with the fewest, at most 1.5 times. With less than two counts there is none.
     *
     * @param where what was measured on
     * @param holds what holds it, if it is more
     */
    public void addTo(Run run, String group, String where, String holds) {
        if (points.size() > 1) {
            run.add(figure(group, where, holds));
        }
    }

    private Figure figure(String group, String where, String holds) {
        double[] first = points.get(0);
        double[] last = points.get(points.size() - 1);
        double growth = last[1] / first[1];
        List<String> all = new ArrayList<>();
        points.forEach(point -> all.add(String.format(Locale.ROOT, "%s: %.4g", count(point[0]), point[1])));
        String verdict =
                growth < 1 / LINEAR_MAX ? "less than linear" : growth <= LINEAR_MAX ? "linear" : "worse than linear";
        Figure figure = Figure.of(
                        group,
                        String.format(
                                Locale.ROOT,
                                "%s with %s %s against %s, %s",
                                of,
                                count(last[0]),
                                unit,
                                count(first[0]),
                                where),
                        "times",
                        growth)
                .atMost(LINEAR_MAX)
                .note(verdict + "; " + String.join(", ", all));
        return growth <= LINEAR_MAX ? figure : figure.limit(holds);
    }

    private static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}
