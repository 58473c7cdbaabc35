package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The stop-and-wait peer over the same lines and byte error rates: {@code esp32/plain/plain.py} on the same MicroPython. */
final class StopAndWait implements Part {
    private static final String GROUP = "Stop-and-wait peer";
    private static final String NAME = "stop-and-wait peer";
    private static final int[] BAUDS = {115_200, 921_600, 2_000_000, 3_000_000};

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds() / 3);
    }

    @Override
    public void measure(Run run) throws IOException {
        List<double[]> rates = new ArrayList<>();
        for (int baud : run.effort().lines(BAUDS)) {
            rates.add(new double[] {
                baud, measure(run, baud, 0, Duration.ZERO, String.format(Locale.ROOT, "%,d baud", baud))
            });
        }
        run.add(LineRates.series(NAME, rates));
        List<double[]> late = new ArrayList<>();
        for (int baud : run.effort().lines(BAUDS)) {
            String where = String.format(Locale.ROOT, "%,d baud, %s", baud, UsbLatency.NAME);
            late.add(new double[] {baud, measure(run, baud, 0, UsbLatency.TIME, where)});
        }
        run.add(LineRates.series(NAME + ", " + UsbLatency.NAME, late));
        List<double[]> errors = new ArrayList<>();
        for (int i : ErrorRates.kinds(run.effort())) {
            double error = ErrorRates.ERRORS[i];
            double rate = measure(run, ErrorRates.BAUD, error, Duration.ZERO, ErrorRates.name(error));
            errors.add(new double[] {error, rate});
        }
        run.add(ErrorRates.series(NAME, errors));
    }

    private static double measure(Run run, int baud, double error, Duration latency, String where) throws IOException {
        double line = baud / 10.0;
        // It reaches less than half of the line.
        long bytes =
                Math.max(3_000, (long) (line * run.effort().seconds() / (error > 1e-4 || !latency.isZero() ? 8 : 3)));
        int repetitions = run.effort().repetitions();
        double[] down = new double[repetitions];
        double[] up = new double[repetitions];
        long repeated;
        try (PlainRig rig = new PlainRig(baud, error, latency)) {
            rig.down(3_000);
            for (int i = 0; i < repetitions; i++) {
                down[i] = rig.down(bytes);
                up[i] = rig.up(bytes);
            }
            repeated = rig.repeated();
        }
        run.add(Figure.of(GROUP, "down, " + where, "% of the line", Repetitions.of(Shares.scaled(down, 100 / line)))
                .note(repeated + " requests repeated, up and down"));
        run.add(Figure.of(GROUP, "up, " + where, "% of the line", Repetitions.of(Shares.scaled(up, 100 / line))));
        return Repetitions.of(down).median() / 1e3; // kB/s
    }
}
