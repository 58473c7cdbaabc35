package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Growth;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.HostCost;
import dev.uartnet.benchmarks.rig.Rig;
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
    /** Of less, connecting and closing are the greater part. */
    private static final long LARGE = 1_000_000;

    /** More take too long for what they add. */
    private static final long REPEATED_MAX = 10_000_000;

    @Override
    public String how(Effort effort) {
        return "5 MB to warm up; " + effort.repetitions() + " repetitions, once from 10 MB on; value is their median";
    }

    @Override
    public void measure(Run run) throws IOException {
        for (DeviceKind kind : DeviceKind.values()) {
            measure(run, kind);
        }
    }

    private static void measure(Run run, DeviceKind kind) throws IOException {
        List<double[]> points = new ArrayList<>();
        Growth growth = new Growth("host CPU a MB of a transfer", "bytes");
        try (Rig rig = new Rig(kind, 0)) {
            rig.transfer(run.effort().bytesMax() / 20, 0);
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
                if (bytes >= LARGE) {
                    growth.add(bytes, HostCost.now(-1).since(before).cpuNanos() / 1e6 / (bytes / 1e6 * repetitions));
                }
                Repetitions all = Repetitions.of(rates);
                points.add(new double[] {bytes, all.median()});
                run.add(Figure.of(GROUP, "down, " + size(bytes) + ", unpaced, " + kind.word(), "MB/s", all));
            }
        }
        run.add(new Series(
                "Goodput against size of the transfer, unpaced",
                kind.word(),
                "size",
                "bytes",
                "goodput",
                "MB/s",
                true,
                false,
                points));
        growth.addTo(run, GROUP, kind.word(), "host");
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%d KB", bytes / 1_000)
                : String.format(Locale.ROOT, "%d MB", bytes / 1_000_000);
    }
}
