package dev.uartnet.benchmarks.pool;

import com.sun.management.OperatingSystemMXBean;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Machine;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.measure.Results;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Goodput of a pool of four boards against one, in the same run, each line at 921,600 baud. {@code PoolBenchmark [--short] [--out FOLDER]} writes {@code
 * FOLDER/pool.json}, in the form that benchmarks/README.md describes.
 */
public final class PoolBenchmark {
    private static final String GROUP = "Pool";
    private static final int LINES = 4;
    private static final double GAIN_WANTED = 3.8;

    private final int repetitions;
    private final long bytes;
    private final List<Figure> figures = new ArrayList<>();

    /** @param seconds that each transfer is to take, about */
    PoolBenchmark(int repetitions, double seconds) {
        this.repetitions = repetitions;
        this.bytes = (long) (PooledLines.LINE_BYTES * seconds);
    }

    /** Measures with simulators and with the firmware. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        boolean brief = words.contains("--short");
        int out = words.indexOf("--out");
        Path folder = out < 0 ? Path.of("benchmarks", "results") : Path.of(words.get(out + 1));
        PoolBenchmark benchmark = brief ? new PoolBenchmark(1, 0.2) : new PoolBenchmark(5, 2);
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        benchmark.measure(false);
        benchmark.measure(true);
        new Results(
                        "Several boards as one",
                        date,
                        null,
                        "PoolBenchmark: one line and four in turn, " + benchmark.repetitions + " times, "
                                + benchmark.bytes
                                + " bytes a connection, one connection a line; a transfer before as warm-up",
                        Machine.here(null),
                        benchmark.figures(),
                        null)
                .write(folder.resolve("pool.json"));
        System.exit(0); // the ports' threads may take a moment longer
    }

    List<Figure> figures() {
        return figures;
    }

    /** One line and four, in turn. */
    void measure(boolean firmware) throws Exception {
        String what = firmware ? "firmware" : "simulator";
        try (PooledLines one = new PooledLines(1, firmware);
                PooledLines four = new PooledLines(LINES, firmware)) {
            four.goodput(bytes, bytes);
            measure(what + ", down", one, four, bytes, 0);
            measure(what + ", up", one, four, 0, bytes);
        }
    }

    private void measure(String what, PooledLines one, PooledLines four, long down, long up) throws Exception {
        double[] single = new double[repetitions];
        double[] together = new double[repetitions];
        double[] gains = new double[repetitions];
        double[] cores = new double[repetitions];
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (int i = 0; i < repetitions; i++) {
            single[i] = one.goodput(down, up);
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            together[i] = four.goodput(down, up);
            cores[i] = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - start);
            gains[i] = together[i] / single[i];
        }
        add(Figure.of(GROUP, "one line, " + what, "bytes/s", Repetitions.of(single)));
        add(Figure.of(GROUP, "four lines, " + what, "bytes/s", Repetitions.of(together)));
        add(Figure.of(GROUP, "four lines against one, " + what, "times", Repetitions.of(gains))
                .atLeast(GAIN_WANTED)
                .note("921,600 baud; pseudo terminals; one event loop for all"));
        add(Figure.of(GROUP, "CPU of this process with four lines, " + what, "cores", Repetitions.of(cores))
                .note("host, lines and server" + (what.startsWith("simulator") ? ", and the devices" : "")));
    }

    private void add(Figure figure) {
        figures.add(figure);
        System.err.printf(
                Locale.ROOT,
                "%-50s %,14.3f %s (%,.3f to %,.3f)%s%n",
                figure.name(),
                figure.value(),
                figure.unit(),
                figure.low(),
                figure.high(),
                figure.reached() == null ? "" : figure.reached() ? "  reached" : "  NOT REACHED");
    }
}
