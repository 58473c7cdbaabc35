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
                .contains("<h2>Device</h2>", "12.5 us", "≤ 20")
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

        assertThat(html).contains("a &amp; b", "ideal: every bit is payload", "role=\"img\"");
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
    void aFileOfAnotherFormIsNamed() throws Exception {
        Files.writeString(folder.resolve("odd.json"), "[{\"what\": 1}]");

        assertThatThrownBy(this::report).isInstanceOf(IOException.class).hasMessageContaining("odd.json");
    }

    @Test
    void axesHaveRoundTicks() {
        assertThat(Axis.of(false, new double[] {3, 287}).ticks())
                .containsExactly(0.0, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0);
        assertThat(Axis.of(true, new double[] {1e-6, 1e-3}).ticks()).hasSize(4);
        assertThat(Axis.of(true, new double[] {1e-6, 1e-3}).label(1e-6)).isEqualTo("1e-6");
    }
}
