package dev.uartnet.benchmarks.report;

import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** One picture as SVG: lines with their names at their ends, axes with units; readable on light and dark ground. */
final class Plot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 440;
    private static final int LEFT = 84;
    private static final int RIGHT = 250;
    private static final int TOP = 52;
    private static final int BOTTOM = 64;
    private static final int LABEL_HEIGHT = 17;
    /** Told apart also by those who see few colours (after Okabe and Ito), on both grounds. */
    private static final String[] ON_LIGHT = {"#0072b2", "#d55e00", "#009e73", "#b0548a", "#8a6500", "#56708a"};

    private static final String[] ON_DARK = {"#4fb3f0", "#ff8a3d", "#2fd3a4", "#e79cc6", "#e0b84a", "#a8c4dc"};

    private static final String IDEAL = "ideal";

    private final String title;
    private final List<Series> lines;
    private final Axis x;
    private final Axis y;
    private final StringBuilder svg = new StringBuilder(8_192);

    private Plot(String title, List<Series> lines) {
        this.title = title;
        this.lines = lines;
        x = Axis.of(lines.get(0).xLog(), values(lines, 0));
        y = Axis.of(lines.get(0).yLog(), values(lines, 1));
    }

    /**
     * Draws lines of one plot.
     *
     * @param lines at least one, each with at least one point; one whose name begins with "ideal" is dashed
     */
    static String svg(String title, List<Series> lines) {
        return new Plot(title, lines).draw();
    }

    private static double[] values(List<Series> lines, int coordinate) {
        return lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> point[coordinate])
                .toArray();
    }

    private String draw() {
        Series first = lines.get(0);
        out(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"13\">",
                WIDTH, HEIGHT, Page.escaped(description()));
        out("<title>%s</title>", Page.escaped(title));
        svg.append("<style>")
                .append(colours(ON_LIGHT))
                .append("@media (prefers-color-scheme:dark){")
                .append(colours(ON_DARK))
                .append("}")
                .append(
                        ".bg{fill:#fff}.ink{fill:#1b1f24}.soft{fill:#57606a}.grid{stroke:#d8dee4}.axis{stroke:#57606a}.ideal{stroke:#57606a}"
                                + "@media (prefers-color-scheme:dark){.bg{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9da7b3}.grid{stroke:#2b323b}.axis{stroke:#9da7b3}.ideal{stroke:#9da7b3}}</style>\n");
        out("<rect class=\"bg\" width=\"%d\" height=\"%d\" rx=\"8\"/>", WIDTH, HEIGHT);
        out(
                "<text class=\"ink\" x=\"%d\" y=\"28\" font-size=\"17\" font-weight=\"600\">%s</text>",
                LEFT, Page.escaped(title));
        axes(first);
        lines();
        labels();
        svg.append("</svg>\n");
        return svg.toString();
    }

    /** For those who do not see it: each line's points. */
    private String description() {
        StringBuilder words = new StringBuilder(title);
        for (Series line : lines) {
            words.append("; ").append(line.name()).append(": ");
            for (double[] point : line.points()) {
                words.append(Page.number(point[0]))
                        .append(" → ")
                        .append(Page.number(point[1]))
                        .append(", ");
            }
            words.setLength(words.length() - 2);
        }
        return words.toString();
    }

    private void axes(Series first) {
        for (double tick : x.ticks()) {
            double at = left(tick);
            out("<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", at, TOP, at, HEIGHT - BOTTOM);
            out(
                    "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at, HEIGHT - BOTTOM + 20, x.label(tick));
        }
        for (double tick : y.ticks()) {
            double at = top(tick);
            out("<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", LEFT, at, WIDTH - RIGHT, at);
            out(
                    "<text class=\"soft\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 8, at + 4, y.label(tick));
        }
        out("<path class=\"axis\" fill=\"none\" d=\"M%d %dV%dH%d\"/>", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
        out(
                "<text class=\"ink\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, axisName(first.x(), first.xUnit()));
        out(
                "<text class=\"ink\" transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (TOP + HEIGHT - BOTTOM) / 2, axisName(first.y(), first.yUnit()));
    }

    private static String axisName(String name, String unit) {
        return Page.escaped(unit == null || unit.isEmpty() ? name : name + " (" + unit + ")");
    }

    private void lines() {
        for (int i = 0; i < lines.size(); i++) {
            StringBuilder path = new StringBuilder();
            for (double[] point : lines.get(i).points()) {
                path.append(path.length() == 0 ? 'M' : 'L')
                        .append(String.format(Locale.ROOT, "%.1f %.1f", left(point[0]), top(point[1])));
            }
            if (isIdeal(lines.get(i))) {
                out(
                        "<path class=\"ideal\" fill=\"none\" stroke-width=\"1.5\" stroke-dasharray=\"6 5\" d=\"%s\"/>",
                        path);
                continue;
            }
            out(
                    "<path fill=\"none\" %s stroke=\"currentColor\" stroke-width=\"2.5\" stroke-linejoin=\"round\" d=\"%s\"/>",
                    colour(i), path);
            for (double[] point : lines.get(i).points()) {
                marker(i, left(point[0]), top(point[1]));
            }
        }
    }

    /** A shape of its own for each line. */
    private void marker(int line, double cx, double cy) {
        switch (line % 3) {
            case 0 -> out("<circle %s fill=\"currentColor\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", colour(line), cx, cy);
            case 1 ->
                out(
                        "<rect %s fill=\"currentColor\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\"/>",
                        colour(line), cx - 4, cy - 4);
            default -> out("<path %s fill=\"currentColor\" d=\"M%.1f %.1fl5.5 9h-11z\"/>", colour(line), cx, cy - 6);
        }
    }

    /** The lines' names, where they end; those that would cover each other are moved apart. */
    private void labels() {
        record Label(int line, double y) {}
        List<Label> wanted = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<double[]> points = lines.get(i).points();
            wanted.add(new Label(i, top(points.get(points.size() - 1)[1])));
        }
        wanted.sort(Comparator.comparingDouble(Label::y));
        double[] at = new double[wanted.size()];
        double free = TOP;
        for (int i = 0; i < at.length; i++) {
            at[i] = Math.max(free, wanted.get(i).y());
            free = at[i] + LABEL_HEIGHT;
        }
        double below = HEIGHT - BOTTOM;
        for (int i = at.length - 1; i >= 0; i--) {
            at[i] = Math.min(at[i], below);
            below = at[i] - LABEL_HEIGHT;
        }
        for (int i = 0; i < at.length; i++) {
            Series line = lines.get(wanted.get(i).line());
            List<double[]> points = line.points();
            double[] end = points.get(points.size() - 1);
            int from = WIDTH - RIGHT + 14;
            out(
                    "<path class=\"grid\" fill=\"none\" d=\"M%.1f %.1fL%d %.1f\"/>",
                    left(end[0]) + 6, top(end[1]), from - 3, at[i]);
            String fill = isIdeal(line)
                    ? "class=\"soft\""
                    : colour(wanted.get(i).line()) + " fill=\"currentColor\" font-weight=\"600\"";
            out("<text %s x=\"%d\" y=\"%.1f\">%s</text>", fill, from, at[i] + 4, Page.escaped(line.name()));
        }
    }

    private static boolean isIdeal(Series line) {
        return line.name().startsWith(IDEAL);
    }

    private static String colours(String[] all) {
        StringBuilder classes = new StringBuilder();
        for (int i = 0; i < all.length; i++) {
            classes.append(".c").append(i).append("{color:").append(all[i]).append('}');
        }
        return classes.toString();
    }

    private static String colour(int line) {
        return "class=\"c" + line % ON_LIGHT.length + "\"";
    }

    private double left(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double top(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void out(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
