package dev.uartnet.benchmarks.port;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A port by itself: {@code PortBenchmark [RESULTS.jsonl]}. A table goes to standard output. About a minute and a half; Linux with a C compiler.
 */
public final class PortBenchmark {
    private static final int ROUNDS = 5;

    private PortBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        if (!FarEnd.isPossible()) {
            System.out.println("no C compiler (cc) on the PATH: nothing is measured");
            return;
        }
        Path program = FarEnd.compile();
        Figures figures = new Figures();
        new Ping(program, 20_000, ROUNDS).run(figures);
        new Copy(program, 50_000_000, ROUNDS).run(figures);
        new ManyPorts(program, 256, 64, Duration.ofSeconds(5), 3).run(figures);
        figures.table().forEach(System.out::println);
        if (arguments.length > 0) {
            List<String> lines = new ArrayList<>();
            lines.add("{\"title\": \"Port\", \"date\": \"" + Instant.now().truncatedTo(ChronoUnit.SECONDS)
                    + "\", \"how\": \"PortBenchmark: one warm-up round and " + ROUNDS
                    + " measured ones (3 of many ports), the contenders in turn in each\"}");
            lines.addAll(figures.json());
            Files.write(Path.of(arguments[0]), lines, StandardCharsets.UTF_8);
        }
    }
}
