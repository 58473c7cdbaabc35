package dev.uartnet.benchmarks.link;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.measure.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** 1 KB to 100 MB over one connection, on a line as fast as it goes: rate, and the host's CPU time a MB. */
final class TransferSizes implements Part {
    private static final String GROUP = "Scale: bytes";
    private static final long[] SIZES = {1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000};
    private static final double GROWTH_WANTED = 1.5;
    /** More take too long for what they add. */
    private static final long REPEATED_MAX = 10_000_000;

    @Override
    public void measure(Run run) throws IOException {
        for (DeviceKind kind : DeviceKind.values()) {
            measure(run, kind);
        }
    }

    private static void measure(Run run, DeviceKind kind) throws IOException {
        List<double[]> points = new ArrayList<>();
        double cpuOfAMegabyte = 0;
        double cpuOfTheLast = 0;
        long last = 0;
        try (Rig rig = new Rig(kind, 0)) {
            rig.transfer(Math.min(5_000_000, run.effort().bytesMax()), 0);
            for (long bytes : SIZES) {
                if (bytes > run.effort().bytesMax()) {
                    continue;
                }
                int repetitions = bytes >= REPEATED_MAX ? 1 : run.effort().repetitions();
                double[] rates = new double[repetitions];
                HostCost before = HostCost.now(-1);
                for (int i = 0; i < repetitions; i++) {
                    rates[i] = bytes * 1e3 / rig.transfer(bytes, 0).downNanos();
                }
                last = bytes;
                cpuOfTheLast = HostCost.now(-1).since(before).cpuNanos() / 1e6 / (bytes / 1e6 * repetitions);
                if (bytes == 1_000_000) {
                    cpuOfAMegabyte = cpuOfTheLast;
                }
                Repetitions all = Repetitions.of(rates);
                points.add(new double[] {bytes, all.median()});
                run.add(Figure.of(GROUP, "down, " + size(bytes) + ", unpaced, " + kind.word, "MB/s", all));
            }
        }
        run.add(new Series(
                "Goodput against size of the transfer, unpaced",
                kind.word,
                "size",
                "bytes",
                "goodput",
                "MB/s",
                true,
                false,
                points));
        if (cpuOfAMegabyte > 0) {
            run.add(Figure.of(
                            GROUP,
                            "host CPU a MB of " + size(last) + " against 1 MB, " + kind.word,
                            "times",
                            cpuOfTheLast / cpuOfAMegabyte)
                    .atMost(GROWTH_WANTED));
        }
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%d KB", bytes / 1_000)
                : String.format(Locale.ROOT, "%d MB", bytes / 1_000_000);
    }
}
