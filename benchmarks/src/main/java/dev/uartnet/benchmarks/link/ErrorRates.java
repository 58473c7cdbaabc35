package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.measure.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Goodput against the share of bytes that the line damages, with real firmware and simulator. */
final class ErrorRates implements Part {
    static final int BAUD = 921_600;
    static final double[] ERRORS = {1e-6, 1e-5, 1e-4, 1e-3};
    static final String PLOT = "Goodput against byte error rate";

    private static final String GROUP = "Byte errors";
    private static final long SEED = 42;
    /** What issue 3 asked for, by error rate; 0: nothing. */
    private static final double[] WANTED = {0, 95, 88, 55};

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds() * 2);
    }

    @Override
    public void measure(Run run) throws Exception {
        for (DeviceKind kind : DeviceKind.values()) {
            List<double[]> points = new ArrayList<>();
            for (int i : kinds(run.effort())) {
                points.add(new double[] {ERRORS[i], measure(run, kind, ERRORS[i], WANTED[i])});
            }
            if (kind == DeviceKind.FIRMWARE) { // what a board is
                run.add(series("uartnet", points));
            }
        }
    }

    /** Returns which of the error rates are measured: all, or one in the middle. */
    static int[] kinds(Effort effort) {
        return effort.isShort()
                ? new int[] {ERRORS.length / 2}
                : IntStream.range(0, ERRORS.length).toArray();
    }

    /** A line of the picture that shows goodput against byte error rate. */
    static Series series(String name, List<double[]> points) {
        return new Series(PLOT, name, "byte error rate", "", "goodput", "kB/s at 921,600 baud", true, false, points);
    }

    static String name(double error) {
        return String.format(Locale.ROOT, "921,600 baud, byte error %.0e", error)
                .replace("e-0", "e-");
    }

    private static double measure(Run run, DeviceKind kind, double error, double wanted) throws Exception {
        try (Rig rig = new Rig(Board.of(kind, BAUD)
                .line(line -> line.faults(LineFaults.NONE.withByteError(error)).seed(SEED)))) {
            long bytes = Math.max(
                    10_000, (long) (rig.board().lineRate() * run.effort().seconds() * 2));
            rig.transfer(bytes / 4, bytes / 4);
            String where = kind.word() + ", " + name(error);
            Shares shares = new Shares(run, rig, GROUP);
            double down = shares.add("down, " + where, Direction.DOWN, wanted, () -> rig.transfer(bytes, 0)
                    .down());
            shares.add("up, " + where, Direction.UP, wanted, () -> rig.transfer(0, bytes)
                    .up());
            return down / 1e3; // kB/s
        }
    }
}
