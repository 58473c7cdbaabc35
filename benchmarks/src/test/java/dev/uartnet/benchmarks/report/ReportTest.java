package dev.uartnet.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Results;
import dev.uartnet.measure.Series;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
    @TempDir
    Path folder = Path.of("");

    private String report() throws IOException {
        Path report = folder.resolve("report");
        Report.write(folder, report);
        return Files.readString(report.resolve("index.html"));
    }

    private static Series line(String plot, String name, String xUnit, double... values) {
        List<double[]> points = new java.util.ArrayList<>();
        for (int i = 0; i < values.length; i += 2) {
            points.add(new double[] {values[i], values[i + 1]});
        }
        return new Series(plot, name, "x", xUnit, "y", "kB/s", xUnit.isEmpty(), false, points);
    }

    @Test
    void figuresOfAllInstrumentsAreShown() throws Exception {
        new Results(
                        "Link <1>",
                        null,
                        null,
                        null,
                        null,
                        List.of(
                                Figure.of("Rates", "down", "%", 98).atLeast(97),
                                Figure.of("Rates", "up", "%", 90).atLeast(97).limit("device")),
                        null)
                .write(folder.resolve("link.json"));
        Files.writeString(
                folder.resolve("device.json"),
                "{\"title\": \"Device\", \"figures\": [{\"name\": \"a KB\", \"value\": 12.5, \"unit\": \"us\", \"target\": 20, \"comparison\": \"<=\", \"reached\": true}]}");

        assertThat(report())
                .contains("3 figures, 3 of them with a target: 2 reached, 1 not.")
                .contains("Link &lt;1&gt;", "✗ not reached</span>; limit: device")
                .contains("<h2 id=\"device\">Device</h2>", "12.5 us", "≤ 20 us")
                .doesNotContain("<script", "http://www.w3.org/1999", "<link", "src=");
    }

    @Test
    void plotsAreWellFormedAndNamed() throws Exception {
        new Results(
                        "Link",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of(
                                line("Goodput against line rate", "a & b", "baud", 115_200, 11.2, 3_000_000, 290),
                                line("Goodput against line rate", "peer", "baud", 115_200, 11, 3_000_000, 120),
                                line("Goodput against byte error rate", "a", "", 1e-6, 90, 1e-3, 60)))
                .write(folder.resolve("link.json"));

        String html = report();

        assertThat(html).contains("a &amp; b", "ideal: nothing but payload", "role=\"img\"");
        for (String name : new String[] {"goodput-line-rate.svg", "goodput-errors.svg"}) {
            String svg = Files.readString(folder.resolve("report").resolve(name));
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)));
            assertThat(document.getDocumentElement().getAttribute("aria-label")).contains("Goodput against");
            assertThat(svg).doesNotContain("NaN");
        }
    }

    @Test
    void rowsThatAreNotReachedSayOfWhat() throws Exception {
        new Results(
                        "Link: errors",
                        null,
                        null,
                        null,
                        null,
                        List.of(
                                Figure.of("One group", "down", "% of the line", 90)
                                        .atLeast(97)
                                        .limit("line"),
                                Figure.of("Another", "down", "% of the line", 91)
                                        .atLeast(97)
                                        .limit("line")),
                        null)
                .write(folder.resolve("link-errors.json"));

        assertThat(report())
                .contains("<b>One group</b>: down</td>", "<b>Another</b>: down</td>")
                .contains("90 % of the line</td>", "≥ 97 % of the line</td>");
    }

    @Test
    void ratiosOfOlderFilesHaveAUnit() throws Exception {
        new Results(
                        "port",
                        null,
                        null,
                        null,
                        null,
                        List.of(
                                Figure.of("Port", "ours / raw C", "", 1.25).atMost(1.5),
                                Figure.of("Port", "threads of the ports", "", 0)),
                        null)
                .write(folder.resolve("port.json"));

        assertThat(report()).contains("1.25 times</td>", "≤ 1.50 times</td>", "0 threads</td>");
    }

    @Test
    void partsTellTheirCommitOrThatTheyWereNotMeasured() throws Exception {
        new Results("Link: rates", "2026-11-21T16:31:26Z", "8f280dd", "benchmarks/run rates: so", null, List.of(), null)
                .write(folder.resolve("link-rates.json"));

        String html = report();

        assertThat(html)
                .containsPattern("<a href=\"#rates\">rates</a></td><td>.*</td><td>8f280dd</td><td>2026-11-21T16:31:26Z")
                .containsPattern("<td>pool</td><td>.*</td><td></td><td><span class=\"no\">not measured")
                .contains("<h2 id=\"rates\">", "<dt>unpaced</dt>")
                .doesNotContain("mean nothing", "<h2>Not reached");
        new Results("x", null, null, "benchmarks/run --short rates: so", null, List.of(), null)
                .write(folder.resolve("link-rates.json"));
        assertThat(report()).contains("these figures mean nothing");
    }

    @Test
    void ourLineHasTheSameColourInEveryPicture() throws Exception {
        // By the files' names, the peer's comes first.
        new Results(
                        "peer",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of(line(
                                "Goodput against line rate", "stop-and-wait peer", "baud", 115_200, 11, 921_600, 60)))
                .write(folder.resolve("a.json"));
        new Results(
                        "ours",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of(
                                line("Goodput against line rate", "uartnet", "baud", 921_600, 90, 115_200, 11.2),
                                line("Goodput against size of the transfer, unpaced", "simulator", "", 1, 2, 10, 3)))
                .write(folder.resolve("b.json"));

        String html = report();

        assertThat(html).containsPattern("<text class=\"c0\"[^>]*>uartnet</text>");
        assertThat(html).containsPattern("<text class=\"c1\"[^>]*>stop-and-wait peer</text>");
        assertThat(html).containsPattern("<text class=\"c3\"[^>]*>simulator</text>");
        assertThat(html)
                .contains("uartnet: 115,200 → 11.2, 921,600 → 90;"); // from left to right, whatever the file's order
        assertThat(html).contains("Down (from the network to this machine)");
        assertThat(Palette.places(List.of("a", "uartnet", "b", "c"))).containsExactly(5, 0, 1, 2);
    }

    @Test
    void linesOfTheSameNameAreJoinedAndLonePointsAreNotDrawn() throws Exception {
        new Results(
                        "one",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of(
                                line("Goodput against line rate", "uartnet", "baud", 921_600, 90),
                                line("Lone", "uartnet", "", 1, 1)))
                .write(folder.resolve("a.json"));
        new Results(
                        "two",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        List.of(line("Goodput against line rate", "uartnet", "baud", 115_200, 11)))
                .write(folder.resolve("b.json"));

        assertThat(report()).contains("uartnet: 115,200 → 11, 921,600 → 90;").doesNotContain("Lone");
    }

    @Test
    void withoutResultsThereIsNoReport() {
        Path nowhere = folder.resolve("nowhere");

        assertThatThrownBy(() -> Report.write(nowhere, nowhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no folder of results");
    }

    @Test
    void aFileOfAnotherFormIsNamed() throws Exception {
        Files.writeString(folder.resolve("odd.json"), "[{\"what\": 1}]");

        assertThatThrownBy(this::report).isInstanceOf(IOException.class).hasMessageContaining("odd.json");
    }

    @Test
    void axesHaveRoundTicks() {
        assertThat(Axis.of(false, new double[] {3, 287}).ticks())
                .containsExactly(0.0, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0);
        assertThat(Axis.of(true, new double[] {1e-6, 1e-3}).ticks()).hasSize(4);
        assertThat(labels(Axis.of(true, new double[] {1e-6, 1e-3}))).containsExactly("1e-6", "1e-5", "1e-4", "1e-3");
        assertThat(labels(Axis.of(true, new double[] {1e3, 1e7}))).containsExactly("1e3", "1e4", "1e5", "1e6", "1e7");
        assertThat(labels(Axis.of(true, new double[] {1, 512}))).containsExactly("1", "10", "100", "1,000");
        assertThat(labels(Axis.of(false, new double[] {3, 14})))
                .containsExactly("0.0", "2.5", "5.0", "7.5", "10.0", "12.5", "15.0");
        assertThat(labels(Axis.of(false, new double[] {3, 287}))).contains("0", "50", "300");
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(axis::label).toList();
    }
}
