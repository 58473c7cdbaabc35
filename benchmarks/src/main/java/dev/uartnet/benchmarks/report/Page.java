package dev.uartnet.benchmarks.report;

import dev.uartnet.benchmarks.part.PartList;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Machine;
import dev.uartnet.measure.Results;
import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The report: one page of HTML that needs nothing else. */
final class Page {
    private static final String STYLE =
            """
            :root{color-scheme:light dark;--bg:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--good:#1a7f37;--bad:#b35900;--row:#f6f8fa}
            @media (prefers-color-scheme:dark){:root{--bg:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#2b323b;--good:#3fb950;--bad:#e3883e;--row:#161b22}}
            body{background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif;max-width:1080px;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.7rem}h2{margin-top:2.4rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
            p.how,td small,p.machine{color:var(--soft)}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
            th.n,td.n{text-align:right;white-space:nowrap}
            tbody tr:nth-child(even){background:var(--row)}
            .yes{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}
            dt{font-weight:600;float:left;clear:left;min-width:9.5rem}dd{margin:0 0 .35rem 10.5rem}
            figure{margin:1.2rem 0}svg{width:100%;height:auto}
            nav a{margin-right:1rem}a{color:inherit}
            """;

    private final StringBuilder html = new StringBuilder(64 * 1_024);

    private Page() {}

    /**
     * Writes the page.
     *
     * @param files of all instruments
     * @param plots by their titles, each with its lines
     */
    static String of(List<ResultFile> files, Map<String, List<Series>> plots) {
        Page page = new Page();
        page.write(files, plots);
        return page.html.toString();
    }

    private void write(List<ResultFile> files, Map<String, List<Series>> plots) {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
                .append("<title>uartnet: how fast</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>uartnet: how fast</h1>\n");
        List<Figure> all = files.stream()
                .flatMap(file -> file.results().figures().stream())
                .toList();
        long wanted = all.stream().filter(figure -> figure.target() != null).count();
        long reached = all.stream()
                .filter(figure -> Objects.equals(figure.reached(), true))
                .count();
        out(
                "<p>%d figures, %d of them with a target: %d reached, %d not.",
                all.size(), wanted, reached, wanted - reached);
        html.append(
                " Made by <code>benchmarks/run</code>; <code>benchmarks/README.md</code> says how it is measured.</p>\n");
        if (files.stream().anyMatch(Page::isShort)) {
            html.append("<p class=\"no\">Of a short run: these figures mean nothing.</p>\n");
        }
        html.append(Glossary.HTML);
        if (all.stream().anyMatch(figure -> figure.unit().startsWith("%") && figure.value() > 100)) {
            html.append(Glossary.ABOVE_ALL);
        }
        parts(files);
        missed(files);
        if (!plots.isEmpty()) {
            html.append("<h2>Pictures</h2>\n");
        }
        for (Map.Entry<String, List<Series>> plot : plots.entrySet()) {
            out("<figure>%s</figure>", Plot.svg(Picture.of(plot.getKey()), plot.getValue()));
        }
        files.forEach(this::section);
        html.append("</body>\n</html>\n");
    }

    private static boolean isShort(ResultFile file) {
        String how = file.results().how();
        return how != null && how.contains("benchmarks/run --short ");
    }

    private void missed(List<ResultFile> files) {
        StringBuilder rows = new StringBuilder();
        for (ResultFile file : files) {
            for (Figure figure : file.results().figures()) {
                if (Objects.equals(figure.reached(), false)) {
                    rows.append(row(figure, "<b>" + escaped(group(figure, file.results())) + "</b>: "));
                }
            }
        }
        if (rows.length() > 0) {
            html.append("<h2>Not reached</h2>\n");
            table(rows);
        }
    }

    /** What was measured, when and of which commit; and what was not. */
    private void parts(List<ResultFile> files) {
        html.append(
                "<h2>Parts</h2>\n<table>\n<thead><tr><th>part</th><th>what</th><th>commit</th><th>measured</th></tr></thead>\n<tbody>\n");
        Map<String, String> rows = new LinkedHashMap<>();
        for (PartList.Entry part : PartList.all()) {
            rows.put(
                    part.name(),
                    partRow(escaped(part.name()), part.what(), "", "<span class=\"no\">not measured</span>"));
        }
        for (ResultFile file : files) {
            Results results = file.results();
            String what = PartList.all().stream()
                    .filter(part -> part.name().equals(file.part()))
                    .map(PartList.Entry::what)
                    .findFirst()
                    .orElse(results.title());
            String link = String.format("<a href=\"#%s\">%1$s</a>", escaped(file.part()));
            rows.put(file.part(), partRow(link, what, orEmpty(results.commit()), escaped(orEmpty(results.date()))));
        }
        rows.values().forEach(html::append);
        html.append("</tbody>\n</table>\n");
    }

    private static String partRow(String name, String what, String commit, String measured) {
        return String.format(
                "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>%n",
                name, escaped(what), escaped(commit), measured);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String group(Figure figure, Results results) {
        return figure.group() == null ? results.title() : figure.group();
    }

    private void section(ResultFile file) {
        Results results = file.results();
        out("<h2 id=\"%s\">%s</h2>", escaped(file.part()), escaped(results.title()));
        if (results.how() != null) {
            out("<p class=\"how\">%s</p>", escaped(results.how()));
        }
        out("<p class=\"machine\">%s</p>", escaped(machine(results)));
        Map<String, List<Figure>> groups = new LinkedHashMap<>();
        for (Figure figure : results.figures()) {
            groups.computeIfAbsent(group(figure, results), unused -> new ArrayList<>())
                    .add(figure);
        }
        groups.forEach((group, figures) -> {
            if (groups.size() > 1) {
                out("<h3>%s</h3>", escaped(group));
            }
            StringBuilder rows = new StringBuilder();
            figures.forEach(figure -> rows.append(row(figure, "")));
            table(rows);
        });
    }

    private static String machine(Results results) {
        List<String> words = new ArrayList<>();
        add(words, results.date());
        add(words, results.commit() == null ? null : "commit " + results.commit());
        Machine machine = results.machine();
        if (machine != null) {
            add(words, machine.cpu());
            add(words, machine.cores() == 0 ? null : machine.cores() + " cores");
            Long memory = machine.memoryBytes();
            add(words, memory == null ? null : String.format(Locale.ROOT, "%.0f GiB", memory / (double) (1L << 30)));
            add(words, machine.kernel());
            add(words, machine.jdk());
            add(words, machine.micropython() == null ? null : "MicroPython " + machine.micropython());
            add(
                    words,
                    Double.isNaN(machine.load()) || machine.cores() == 0
                            ? null
                            : String.format(Locale.ROOT, "load at start %.1f", machine.load()));
        }
        return String.join(" · ", words);
    }

    private static void add(List<String> words, @Nullable String word) {
        if (word != null && !word.isBlank()) {
            words.add(word);
        }
    }

    private void table(StringBuilder rows) {
        html.append(
                        "<table>\n<thead><tr><th>figure</th><th class=\"n\">value</th><th class=\"n\">least to greatest</th><th class=\"n\">target</th><th>reached?</th></tr></thead>\n<tbody>\n")
                .append(rows)
                .append("</tbody>\n</table>\n");
    }

    /** @param before HTML in front of the figure's name */
    private static String row(Figure figure, String before) {
        String note = figure.note() == null ? "" : "<br><small>" + escaped(figure.note()) + "</small>";
        Double low = figure.low();
        Double high = figure.high();
        String spread = low == null || high == null || Objects.equals(figure.repetitions(), 1)
                ? "once"
                : number(low) + " to " + with(high, figure);
        Double wanted = figure.target();
        String target =
                wanted == null ? "" : (Objects.equals(figure.comparison(), "<=") ? "≤ " : "≥ ") + with(wanted, figure);
        return String.format(
                Locale.ROOT,
                "<tr><td>%s%s%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td></tr>%n",
                before,
                escaped(figure.name()),
                note,
                escaped(with(figure.value(), figure)),
                escaped(spread),
                escaped(target),
                verdict(figure));
    }

    /** A value with its unit. */
    private static String with(double value, Figure figure) {
        String unit = figure.unit();
        if (unit.isEmpty()) { // in files from before ratios and counts had one
            unit = figure.name().contains(" / ") ? "times" : figure.name().contains("threads of") ? "threads" : "";
        }
        return (number(value) + " " + unit).strip();
    }

    private static String verdict(Figure figure) {
        String limit = figure.limit();
        if (figure.reached() == null) {
            return limit == null ? "" : "limit: " + escaped(limit);
        }
        if (figure.reached()) {
            return "<span class=\"yes\">✓ reached</span>";
        }
        return "<span class=\"no\">✗ not reached</span>" + (limit == null ? "" : "; limit: " + escaped(limit));
    }

    /** Three digits that say something, thousands apart. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1_000 || value == Math.rint(value) && size < 1e15) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(
                Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3g", value);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void out(String format, Object... arguments) {
        html.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
