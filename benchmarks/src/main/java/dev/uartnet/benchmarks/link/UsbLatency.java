package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Rig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Goodput through a USB adapter that lets bytes wait for more to come, as FTDI's do for 16 ms unless they are told otherwise. */
final class UsbLatency implements Part {
    static final Duration TIME = Duration.ofMillis(16);
    static final String NAME = "USB 16 ms";

    private static final String GROUP = "USB adapter";
    private static final int[] BAUDS = {115_200, 921_600, 2_000_000, 3_000_000};

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds());
    }

    @Override
    public void measure(Run run) throws Exception {
        List<double[]> points = new ArrayList<>();
        for (int baud : run.effort().lines(BAUDS)) {
            try (Rig rig = new Rig(Board.of(DeviceKind.FIRMWARE, baud).line(line -> line.latency(TIME)))) {
                long bytes = Math.max(
                        5_000, (long) (rig.board().lineRate() * run.effort().seconds()));
                rig.transfer(bytes, 0);
                String name = String.format(Locale.ROOT, "down, firmware, %,d baud, latency 16 ms", baud);
                double down = new Shares(run, rig, GROUP).add(name, Direction.DOWN, 0, () -> rig.transfer(bytes, 0)
                        .down());
                points.add(new double[] {baud, down / 1e3});
            }
        }
        run.add(LineRates.series("uartnet, " + NAME, points));
    }
}
