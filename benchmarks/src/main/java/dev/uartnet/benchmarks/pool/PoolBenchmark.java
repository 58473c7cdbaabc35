package dev.uartnet.benchmarks.pool;

import com.sun.management.OperatingSystemMXBean;
import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Load;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import java.lang.management.ManagementFactory;

/** Goodput of a pool of four boards against one, in the same run, each line at 921,600 baud. */
public final class PoolBenchmark implements Part {
    private static final String GROUP = "Pool";
    private static final int LINES = 4;
    private static final double GAIN_WANTED = 3.8;

    @Override
    public String how(Effort effort) {
        return "a transfer to warm up; one line and four in turn, " + effort.repetitions() + " times, about "
                + effort.seconds() + " s, one connection a line; value is the median";
    }

    @Override
    public void measure(Run run) throws Exception {
        for (DeviceKind kind : DeviceKind.values()) {
            long bytes = (long) (PooledLines.LINE_BYTES * run.effort().seconds());
            try (PooledLines one = new PooledLines(1, kind);
                    PooledLines four = new PooledLines(LINES, kind)) {
                one.goodput(bytes / 2, bytes / 2);
                four.goodput(bytes / 2, bytes / 2);
                measure(run, kind.word() + ", down", one, four, bytes, 0);
                measure(run, kind.word() + ", up", one, four, 0, bytes);
            }
        }
    }

    private static void measure(Run run, String what, PooledLines one, PooledLines four, long down, long up)
            throws Exception {
        int repetitions = run.effort().repetitions();
        double[] single = new double[repetitions];
        double[] together = new double[repetitions];
        double[] gains = new double[repetitions];
        double[] cores = new double[repetitions];
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String limit = "";
        for (int i = 0; i < repetitions; i++) {
            single[i] = one.goodput(down, up);
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            Load load = Load.watch(four.first());
            together[i] = four.goodput(down, up);
            limit = load.used().limit(down > 0 ? Direction.DOWN : Direction.UP);
            cores[i] = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - start);
            gains[i] = together[i] / single[i];
        }
        run.add(Figure.of(GROUP, "one line, " + what, "bytes/s", Repetitions.of(single)));
        run.add(Figure.of(GROUP, "four lines, " + what, "bytes/s", Repetitions.of(together)));
        run.add(Figure.of(GROUP, "four lines against one, " + what, "times", Repetitions.of(gains))
                .atLeast(GAIN_WANTED)
                .limit(limit)
                .note("921,600 baud; pseudo terminals; one event loop for all"));
        run.add(Figure.of(GROUP, "CPU of this process with four lines, " + what, "cores", Repetitions.of(cores))
                .note("host, lines and server" + (what.startsWith("simulator") ? ", and the devices" : "")));
    }
}
