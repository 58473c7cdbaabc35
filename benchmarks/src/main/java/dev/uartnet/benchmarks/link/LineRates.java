package dev.uartnet.benchmarks.link;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.measure.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much of a line's rate one connection gets: down, up, and both at once. A line's rate is its baud rate divided by the 10 bits of a byte. */
final class LineRates implements Part {
    static final String GROUP = "Line rates";
    static final String PLOT = "Goodput against line rate";
    private static final int[] FIRMWARE_BAUDS = {115_200, 921_600, 2_000_000, 3_000_000, 0};
    private static final int[] SIMULATOR_BAUDS = {115_200, 921_600, 3_000_000, 12_000_000, 0};
    private static final double WANTED = 97;
    private static final double WANTED_BOTH = 95;
    /** To warm up with, and to guess how many bytes a line without a rate moves in a second. */
    private static final long FIRST_BYTES = 200_000;

    private static final double PER_CENT = 100;
    private static final double MEGA = 1e6;
    private static final double KILO = 1e3;
    /** Faster lines would leave the others no room in the picture. */
    private static final int PLOTTED_MAX = 3_000_000;

    private final DeviceKind kind;

    LineRates(DeviceKind kind) {
        this.kind = kind;
    }

    @Override
    public void measure(Run run) throws IOException {
        measure(run, kind, kind == DeviceKind.FIRMWARE ? FIRMWARE_BAUDS : SIMULATOR_BAUDS);
    }

    private static void measure(Run run, DeviceKind kind, int[] bauds) throws IOException {
        List<double[]> points = new ArrayList<>();
        for (int baud : bauds) {
            try (Rig rig = new Rig(kind, baud)) {
                double down = measure(run, rig, kind, baud);
                if (baud > 0 && baud <= PLOTTED_MAX) {
                    points.add(new double[] {baud, down / KILO});
                }
            }
        }
        run.add(series("uartnet, " + kind.word, points));
    }

    /** A line of the picture that shows goodput against line rate. */
    static Series series(String name, List<double[]> points) {
        return new Series(PLOT, name, "line rate", "baud", "goodput", "kB/s", false, false, points);
    }

    private static double measure(Run run, Rig rig, DeviceKind kind, int baud) throws IOException {
        double seconds = run.effort().seconds() * (baud > 0 && baud < 500_000 ? 2 : 1);
        double guess = Math.min(rig.lineRate(), guess(rig, run));
        long bytes = Math.max(10_000, (long) (seconds * guess));
        int repetitions = run.effort().repetitions();
        double[] down = new double[repetitions];
        double[] up = new double[repetitions];
        double[] both = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            down[i] = rig.transfer(bytes, 0).down();
            up[i] = rig.transfer(0, bytes).up();
            Goodput at = rig.transfer(bytes, bytes);
            both[i] = Math.min(at.down(), at.up());
        }
        String device = kind.word + ", " + (baud == 0 ? "unpaced" : String.format(Locale.ROOT, "%,d baud", baud));
        add(run, rig, "down, " + device, down, WANTED);
        add(run, rig, "up, " + device, up, WANTED);
        add(run, rig, "both at once, the slower one, " + device, both, WANTED_BOTH);
        return Repetitions.of(down).median();
    }

    private static double guess(Rig rig, Run run) throws IOException {
        long bytes = (long) Math.min(FIRST_BYTES, Math.max(5_000, rig.lineRate() * run.effort().seconds()));
        Goodput first = rig.transfer(bytes, 0);
        if (rig.lineRate() < Double.POSITIVE_INFINITY) {
            return rig.lineRate();
        }
        return Math.max(first.down(), rig.transfer(bytes, 0).down());
    }

    private static void add(Run run, Rig rig, String name, double[] rates, double wanted) {
        double line = rig.lineRate();
        if (line == Double.POSITIVE_INFINITY) {
            double[] megabytes = scaled(rates, 1 / MEGA);
            run.add(Figure.of(GROUP, name, "MB/s", Repetitions.of(megabytes)));
            return;
        }
        run.add(Figure.of(GROUP, name, "% of the line", Repetitions.of(scaled(rates, PER_CENT / line)))
                .atLeast(wanted));
    }

    static double[] scaled(double[] values, double factor) {
        double[] scaled = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = values[i] * factor;
        }
        return scaled;
    }
}
