package dev.uartnet.benchmarks.report;

import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** One picture as SVG: lines with their names at their ends, axes with units; readable on light and dark ground. */
final class Plot {
    private static final int WIDTH = 880;
    private static final int HEIGHT = 470;
    private static final int LEFT = 84;
    private static final int RIGHT = 290;
    private static final int TOP = 82;
    private static final int BOTTOM = 64;
    private static final int LABEL_HEIGHT = 17;
    /** A piece of the line beside its name. */
    private static final int SAMPLE = 24;

    private static final int NOTE_TOP = 47;
    private static final int NOTE_HEIGHT = 15;
    /** Of a line. */
    private static final int NOTE_CHARACTERS = 112;

    private static final String DRAWN =
            "fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\" stroke-linejoin=\"round\"";
    private static final String DASHED = "class=\"ideal\" fill=\"none\" stroke-width=\"1.5\" stroke-dasharray=\"6 5\"";

    /** The name of what is drawn dashed begins with it. */
    static final String IDEAL = "ideal";

    private final String title;
    private final String note;
    private final List<Series> lines;
    private final Axis x;
    private final Axis y;
    private final int[] places;
    private final StringBuilder svg = new StringBuilder(8_192);

    private Plot(Picture picture, List<Series> lines) {
        title = picture.plot();
        note = picture.note();
        this.lines = lines;
        x = Axis.of(lines.get(0).xLog(), values(lines, 0));
        y = Axis.of(lines.get(0).yLog(), values(lines, 1));
        places = Palette.places(lines.stream().map(Series::name).toList());
    }

    /**
     * Draws lines of one plot.
     *
     * @param lines at least one, each with at least one point; one whose name begins with "ideal" is dashed
     */
    static String svg(Picture picture, List<Series> lines) {
        return new Plot(picture, lines).draw();
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
                .append(Palette.css())
                .append(
                        ".bg{fill:#fff}.ink{fill:#1b1f24}.soft{fill:#57606a}.grid{stroke:#d8dee4}.axis{stroke:#57606a}.ideal{stroke:#57606a}"
                                + "@media (prefers-color-scheme:dark){.bg{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9da7b3}.grid{stroke:#2b323b}.axis{stroke:#9da7b3}.ideal{stroke:#9da7b3}}</style>\n");
        out("<rect class=\"bg\" width=\"%d\" height=\"%d\" rx=\"8\"/>", WIDTH, HEIGHT);
        out(
                "<text class=\"ink\" x=\"%d\" y=\"28\" font-size=\"17\" font-weight=\"600\">%s</text>",
                LEFT, Page.escaped(title));
        note();
        axes(first);
        lines();
        labels();
        svg.append("</svg>\n");
        return svg.toString();
    }

    /** Below the title. */
    private void note() {
        StringBuilder line = new StringBuilder();
        int at = NOTE_TOP;
        for (String word : note.split(" ", -1)) {
            if (line.length() + word.length() > NOTE_CHARACTERS) {
                noteLine(line, at);
                at += NOTE_HEIGHT;
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        noteLine(line, at);
    }

    private void noteLine(StringBuilder words, int at) {
        out(
                "<text class=\"soft\" x=\"%d\" y=\"%d\" font-size=\"12\">%s</text>",
                LEFT, at, Page.escaped(words.toString()));
    }

    /** For those who do not see it: each line's points. */
    private String description() {
        StringBuilder words = new StringBuilder(note.isEmpty() ? title : title + ". " + note);
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
                out("<path %s d=\"%s\"/>", DASHED, path);
                continue;
            }
            out("<path %s %s d=\"%s\"/>", Palette.css(places[i]), DRAWN, path);
            for (double[] point : lines.get(i).points()) {
                marker(places[i], left(point[0]), top(point[1]));
            }
        }
    }

    /** A shape of its own for lines of like colours. */
    private void marker(int place, double cx, double cy) {
        switch (place % 3) {
            case 0 ->
                out("<circle %s fill=\"currentColor\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", Palette.css(place), cx, cy);
            case 1 ->
                out(
                        "<rect %s fill=\"currentColor\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\"/>",
                        Palette.css(place), cx - 4, cy - 4);
            default ->
                out("<path %s fill=\"currentColor\" d=\"M%.1f %.1fl5.5 9h-11z\"/>", Palette.css(place), cx, cy - 6);
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
            name(line, places[wanted.get(i).line()], from, at[i]);
        }
    }

    /** A name, behind a piece of its line. */
    private void name(Series line, int place, int from, double at) {
        String style;
        if (isIdeal(line)) {
            style = "class=\"soft\"";
            out("<path %s d=\"M%d %.1fh%d\"/>", DASHED, from, at, SAMPLE);
        } else {
            style = Palette.css(place) + " fill=\"currentColor\" font-weight=\"600\"";
            out("<path %s %s d=\"M%d %.1fh%d\"/>", Palette.css(place), DRAWN, from, at, SAMPLE);
            marker(place, from + SAMPLE / 2.0, at);
        }
        out("<text %s x=\"%d\" y=\"%.1f\">%s</text>", style, from + SAMPLE + 6, at + 4, Page.escaped(line.name()));
    }

    private static boolean isIdeal(Series line) {
        return line.name().startsWith(IDEAL);
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
