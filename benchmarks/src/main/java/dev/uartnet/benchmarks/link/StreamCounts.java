package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Goodput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Eight streams at once on one line, down and up: together they fill it as one does. */
final class StreamCounts implements Part {
    private static final String GROUP = "Many streams";
    private static final int STREAMS = 8;
    private static final int BAUD = 921_600;
    private static final double WANTED = 95;

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.steadySeconds());
    }

    @Override
    public void measure(Run run) throws Exception {
        for (DeviceKind kind : DeviceKind.values()) {
            try (Rig rig = new Rig(kind, BAUD)) {
                long bytes = (long)
                        Math.max(2_000, rig.board().lineRate() * run.effort().steadySeconds() / STREAMS);
                rig.transfer(bytes * STREAMS, bytes * STREAMS);
                measure(run, rig, kind, "down", bytes, 0);
                measure(run, rig, kind, "up", 0, bytes);
            }
        }
    }

    private static void measure(Run run, Rig rig, DeviceKind kind, String way, long down, long up) throws Exception {
        String name = way + ", 8 streams, connecting and closing included, " + kind.word() + ", 921,600 baud";
        new Shares(run, rig, GROUP).add(name, down > 0 ? Direction.DOWN : Direction.UP, WANTED, () -> {
            long start = System.nanoTime();
            List<CompletableFuture<Goodput>> all = new ArrayList<>();
            for (int stream = 0; stream < STREAMS; stream++) {
                all.add(rig.begin(down, up));
            }
            for (CompletableFuture<Goodput> one : all) {
                one.get(2, TimeUnit.MINUTES);
            }
            return (down + up) * STREAMS * 1e9 / (System.nanoTime() - start);
        });
    }
}
