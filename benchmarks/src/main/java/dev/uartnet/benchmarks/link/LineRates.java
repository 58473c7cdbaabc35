package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much of a line's rate one connection gets: down, up, and both at once. A line's rate is its baud rate divided by the 10 bits of a byte. */
final class LineRates implements Part {
    static final String GROUP = "Line rates";
    static final String PLOT = "Goodput against line rate";
    private static final int[] FIRMWARE_BAUDS = {0, 115_200, 921_600, 2_000_000, 3_000_000};
    private static final int[] SIMULATOR_BAUDS = {0, 921_600, 3_000_000, 12_000_000};
    private static final double WANTED = 97;
    private static final double WANTED_BOTH = 95;
    /** To warm up with, and to guess how many bytes a line without a rate moves in a second. */
    private static final long FIRST_BYTES = 200_000;

    private static final double KILO = 1e3;
    /** Faster lines would leave the others no room in the picture. */
    private static final int PLOTTED_MAX = 3_000_000;

    private final DeviceKind kind;

    LineRates(DeviceKind kind) {
        this.kind = kind;
    }

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.steadySeconds());
    }

    @Override
    public void measure(Run run) throws Exception {
        measure(run, kind, kind == DeviceKind.FIRMWARE ? FIRMWARE_BAUDS : SIMULATOR_BAUDS);
    }

    private static void measure(Run run, DeviceKind kind, int[] bauds) throws Exception {
        List<double[]> points = new ArrayList<>();
        for (int baud : run.effort().lines(bauds)) {
            try (Rig rig = new Rig(kind, baud)) {
                double down = measure(run, rig, kind, baud);
                if (baud > 0 && baud <= PLOTTED_MAX) {
                    points.add(new double[] {baud, down / KILO});
                }
            }
        }
        if (kind == DeviceKind.FIRMWARE) { // what a board is
            run.add(series("uartnet", points));
        }
    }

    /** A line of the picture that shows goodput against line rate. */
    static Series series(String name, List<double[]> points) {
        return new Series(PLOT, name, "line rate", "baud", "goodput", "kB/s", false, false, points);
    }

    private static double measure(Run run, Rig rig, DeviceKind kind, int baud) throws Exception {
        double seconds = baud == 0 ? run.effort().seconds() : run.effort().steadySeconds();
        long bytes = Math.max(10_000, (long) (seconds * Math.min(rig.board().lineRate(), guess(rig, run))));
        String device = kind.word() + ", " + (baud == 0 ? "unpaced" : String.format(Locale.ROOT, "%,d baud", baud));
        Shares shares = new Shares(run, rig, GROUP);
        double down = shares.add("down, " + device, Direction.DOWN, WANTED, () -> rig.transfer(bytes, 0)
                .down());
        shares.add("up, " + device, Direction.UP, WANTED, () -> rig.transfer(0, bytes)
                .up());
        shares.add("both at once, the slower one, " + device, Direction.BOTH, WANTED_BOTH, () -> {
            Goodput both = rig.transfer(bytes, bytes);
            return Math.min(both.down(), both.up());
        });
        return down;
    }

    private static double guess(Rig rig, Run run) throws IOException {
        long bytes = (long) Math.min(
                FIRST_BYTES,
                Math.max(5_000, rig.board().lineRate() * run.effort().seconds()));
        Goodput first = rig.transfer(bytes, 0);
        if (rig.board().lineRate() < Double.POSITIVE_INFINITY) {
            return rig.board().lineRate();
        }
        return Math.max(first.down(), rig.transfer(bytes, 0).down());
    }
}
