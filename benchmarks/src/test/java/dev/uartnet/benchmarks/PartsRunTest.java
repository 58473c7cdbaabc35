package dev.uartnet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.PartList;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.esp32.FirmwareMissingException;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Results;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each part of the benchmarks still runs, for a moment, moves the right bytes and says what it has to; its figures mean nothing here. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // native calls ignore interrupts
class PartsRunTest {
    private static Benchmarks benchmarks;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void needsMicroPython() throws Exception {
        try {
            Firmware.builder().start().close();
        } catch (FirmwareMissingException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            abort(e.getMessage());
        }
        benchmarks = new Benchmarks(Effort.SHORT, folder);
    }

    static Set<String> parts() {
        return Benchmarks.partNames();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void runs(String part) throws Exception {
        assertThat(benchmarks.run(Set.of(part))).as("parts that failed").isEmpty();

        Results results = read(part);
        assertThat(results.machine()).isNotNull();
        assertThat(results.figures()).isNotEmpty().allSatisfy(figure -> {
            assertThat(figure.value()).isFinite();
            assertThat(figure.target()).as("a moment is held against no target").isNull();
        });
        if (part.equals("port")) {
            assertThat(results.figures())
                    .filteredOn(figure -> figure.name().equals("UartChannel, epoll: threads of the ports"))
                    .extracting(Figure::value)
                    .containsExactly(0.0);
        }
    }

    private static Results read(String part) throws Exception {
        Path file = folder.resolve(part + ".json");
        String text = Files.readString(Files.exists(file) ? file : folder.resolve("link-" + part + ".json"));
        return Results.gson().fromJson(text, Results.class);
    }

    @Test
    void helpAndReportKnowAllParts() {
        assertThat(PartList.all()).extracting(PartList.Entry::name).containsExactlyElementsOf(Benchmarks.partNames());
        assertThat(PartList.all()).allSatisfy(part -> assertThat(part.about()).matches("[0-9.]+ (s|min)"));
    }

    @Test
    void theUsageNamesAllPartsWithoutAJvm() throws Exception {
        Process usage = new ProcessBuilder("./run", "--help").start();

        assertThat(new String(usage.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.matches("  [a-z]+ +[0-9.]+ (s|min) +[^ ].*"))
                .extracting(line -> line.strip().split(" ")[0])
                .containsExactlyElementsOf(Benchmarks.partNames());
        assertThat(usage.waitFor()).isZero();
        assertThat(new ProcessBuilder("./run", "report", "rates").start().waitFor())
                .isEqualTo(2);
    }

    @Test
    void whatFailsIsNamed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(new Benchmarks(Effort.SHORT, file).run(Set.of("reference"))).containsExactly("reference");
    }
}
