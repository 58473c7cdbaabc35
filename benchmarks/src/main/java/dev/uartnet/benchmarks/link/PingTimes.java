package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.HostCost;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.RoundTrips;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;

/** How long a ping takes on an idle line, beside the time that its bytes need on the wire. */
final class PingTimes implements Part {
    private static final String GROUP = "Round trips";
    private static final int[] FIRMWARE_BAUDS = {115_200, 921_600, 3_000_000, 0};
    private static final int[] SIMULATOR_BAUDS = {921_600, 12_000_000, 0};
    /** Wanted by issue 3 at 921,600 baud: no more than so many milliseconds above the wire time. */
    private static final double WANTED_MILLIS = 0.5;

    /** The simulated line passes bytes on by eight, as a UART's FIFO does: at lower speeds that alone takes longer. */
    private static final int WANTED_BAUD = 921_600;

    @Override
    public String how(Effort effort) {
        return effort.pings()
                + " pings, one after the other, behind half as many to warm up (a quarter of them at 115,200 baud)";
    }

    @Override
    public void measure(Run run) throws IOException {
        for (int baud : run.effort().lines(FIRMWARE_BAUDS)) {
            measure(run, DeviceKind.FIRMWARE, baud);
        }
        for (int baud : run.effort().lines(SIMULATOR_BAUDS)) {
            measure(run, DeviceKind.SIMULATOR, baud);
        }
    }

    private static void measure(Run run, DeviceKind kind, int baud) throws IOException {
        int count = baud == 115_200 ? run.effort().pings() / 4 : run.effort().pings();
        try (Rig rig = new Rig(kind, baud)) {
            pings(rig, count / 2);
            long before = rig.board().wireUp() + rig.board().wireDown();
            HostCost start = HostCost.now(rig.board().pid());
            RoundTrips trips = pings(rig, count);
            HostCost cost = HostCost.now(rig.board().pid()).since(start);
            double bytes = (double) (rig.board().wireUp() + rig.board().wireDown() - before) / count;
            String where = kind.word() + ", " + (baud == 0 ? "unpaced" : String.format(Locale.ROOT, "%,d baud", baud));
            double wire = baud == 0 ? 0 : bytes / rig.board().lineRate() * 1e3;
            double median = trips.millis(50);
            Figure figure = Figure.of(GROUP, "median less the wire's time, " + where, "ms", median - wire);
            run.add((baud == 0 || baud >= WANTED_BAUD ? figure.atMost(WANTED_MILLIS) : figure)
                    .limit(limit(cost, count, median - wire))
                    .note(String.format(
                            Locale.ROOT,
                            "of %,d: p50 %.3f ms, p90 %.3f, p99 %.3f, p99.9 %.3f, longest %.3f; %.0f bytes on the wire take %.3f ms",
                            trips.count(),
                            median,
                            trips.millis(90),
                            trips.millis(99),
                            trips.millis(99.9),
                            trips.millis(100),
                            bytes,
                            wire)));
        }
    }

    /** What of the time is CPU's; the rest is waking threads and processes up. */
    private static String limit(HostCost cost, int count, double millis) {
        double host = cost.cpuNanos() / 1e6 / count;
        double device = cost.deviceNanos() / 1e6 / count;
        double rest = millis - host - device;
        String what = rest > Math.max(host, device)
                ? "this machine, which wakes up host, line and device in turn"
                : host > device ? "host" : "device";
        return String.format(
                Locale.ROOT, "%s (CPU a ping: host %.3f ms, device's process %.3f ms)", what, host, device);
    }

    private static RoundTrips pings(Rig rig, int count) {
        return Objects.requireNonNull(RoundTrips.measure(rig.client(), count).block());
    }
}
