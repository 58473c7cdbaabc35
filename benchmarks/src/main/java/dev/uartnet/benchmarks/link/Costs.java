package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.HostCost;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.Objects;

/** What a megabyte costs: CPU and allocation on the host, CPU of the device's process; and what both need besides. */
final class Costs implements Part {
    private static final String GROUP = "Cost";
    private static final int BAUD = 3_000_000;
    private static final double MEGABYTE = 1e6;

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds() * 2);
    }

    @Override
    public void measure(Run run) throws IOException {
        try (Rig rig = new Rig(DeviceKind.FIRMWARE, 0)) {
            long bytes = Math.min(10_000_000, run.effort().bytesMax() / 5);
            rig.transfer(bytes, bytes);
            measure(run, rig, "down, firmware, unpaced", bytes, 0);
            measure(run, rig, "up, firmware, unpaced", 0, bytes);
        }
        try (Rig rig = new Rig(DeviceKind.FIRMWARE, BAUD)) {
            long bytes = Math.max(
                    50_000, (long) (rig.board().lineRate() * run.effort().seconds() * 2));
            rig.transfer(bytes, bytes);
            measure(run, rig, "down, firmware, 3,000,000 baud", bytes, 0);
            measure(run, rig, "up, firmware, 3,000,000 baud", 0, bytes);
            run.add(Figure.of(
                    GROUP,
                    "host threads of one client",
                    "threads",
                    HostCost.now(-1).threads()));
            Long free = Objects.requireNonNull(rig.client().info().block()).heapFree();
            run.add(Figure.of(
                    GROUP,
                    "device's free heap after it (64 bits, MicroPython's own heap)",
                    "bytes",
                    free == null ? 0 : free));
        }
        double copy = Reference.cpuNanosOfACopy(
                        (int) Math.min(20_000_000, run.effort().bytesMax() / 5))
                / 1e6;
        run.add(Figure.of(GROUP, "CPU a MB of a plain Java read and write loop over a pseudo terminal", "ms/MB", copy)
                .note("reference: one thread writes, one reads, 1,024 bytes at a time, no simulated line"));
    }

    private static void measure(Run run, Rig rig, String where, long down, long up) throws IOException {
        int repetitions = run.effort().repetitions();
        double[] cpu = new double[repetitions];
        double[] allocated = new double[repetitions];
        double[] device = new double[repetitions];
        double megabytes = (down + up) / MEGABYTE;
        for (int i = 0; i < repetitions; i++) {
            HostCost cost = transfer(rig, down, up);
            cpu[i] = cost.cpuNanos() / 1e6 / megabytes;
            device[i] = cost.deviceNanos() / 1e6 / megabytes;
        }
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try {
            for (int i = 0; i < repetitions; i++) {
                allocated[i] = transfer(rig, down, up).allocatedBytes() / megabytes;
            }
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
        run.add(Figure.of(GROUP, "CPU a MB of the host, " + where, "ms/MB", Repetitions.of(cpu)));
        run.add(
                Figure.of(GROUP, "allocated a MB on the host, " + where, "bytes/MB", Repetitions.of(allocated))
                        .note(
                                "a MB is about 1,000 frames; with the promises and slices of who writes, and Netty's object for each wait for time; without the stack traces of its leak detection"));
        run.add(Figure.of(GROUP, "CPU a MB of the device's process, " + where, "ms/MB", Repetitions.of(device)));
    }

    private static HostCost transfer(Rig rig, long down, long up) throws IOException {
        HostCost before = HostCost.now(rig.board().pid());
        rig.transfer(down, up);
        return HostCost.now(rig.board().pid()).since(before);
    }
}
