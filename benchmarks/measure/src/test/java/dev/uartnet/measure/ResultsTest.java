package dev.uartnet.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    @Test
    void theMedianIsOneOfTheRepetitions() {
        Repetitions all = Repetitions.of(5, 1, 3, 9);

        assertThat(all.low()).isEqualTo(1);
        assertThat(all.median()).isEqualTo(3);
        assertThat(all.high()).isEqualTo(9);
        assertThat(all.count()).isEqualTo(4);
    }

    @Test
    void aTargetIsReachedOrNot() {
        Figure figure = Figure.of("g", "n", "%", 96);

        assertThat(figure.reached()).isNull();
        assertThat(figure.atLeast(95).reached()).isTrue();
        assertThat(figure.atLeast(97).reached()).isFalse();
        assertThat(figure.atMost(95).reached()).isFalse();
        assertThat(figure.atMost(96).reached()).isTrue();
    }

    @Test
    void theFileIsAsTheReadmeSays(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("new").resolve("results.json");
        Figure figure = Figure.of("Group", "a figure", "MB/s", Repetitions.of(1, 2, 3))
                .atLeast(2)
                .limit("line");
        Series series = new Series("plot", "name", "x", "baud", "y", "kB/s", true, false, List.of(new double[] {1, 2}));

        new Results(
                        "Title",
                        "2026-11-21T00:00:00Z",
                        "abc",
                        null,
                        Machine.here("1.25.0"),
                        List.of(figure),
                        List.of(series))
                .write(file);

        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertThat(json.keySet()).containsExactly("title", "date", "commit", "machine", "figures", "series");
        assertThat(json.getAsJsonObject("machine").keySet()).contains("cores", "jdk", "micropython", "load");
        JsonObject first = json.getAsJsonArray("figures").get(0).getAsJsonObject();
        assertThat(first.keySet())
                .containsExactly(
                        "group",
                        "name",
                        "value",
                        "unit",
                        "target",
                        "comparison",
                        "reached",
                        "low",
                        "high",
                        "repetitions",
                        "limit");
        assertThat(json.getAsJsonArray("series").get(0).getAsJsonObject().keySet())
                .contains("x_unit", "x_log");
        Results back = Results.gson().fromJson(json, Results.class);
        assertThat(back.figures()).containsExactly(figure);
    }
}
