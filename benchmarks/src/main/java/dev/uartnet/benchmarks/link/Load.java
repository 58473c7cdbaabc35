package dev.uartnet.benchmarks.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How busy device, host and machine were during a measurement: what tells which of them held a figure that was not reached. */
final class Load {
    /** A thread or process that uses so much of a core has no more to give. */
    private static final double FULL = 0.85;

    /** Fields of /proc/stat's first line: time in which cores had nothing to do. */
    private static final int IDLE = 4;

    private static final int IO_WAIT = 5;

    private final Rig rig;
    private final HostCost cost;
    private final long startNanos = System.nanoTime();
    private final long[] cores;

    private Load(Rig rig) throws IOException {
        this.rig = rig;
        cost = HostCost.now(rig.devicePid());
        cores = cores();
    }

    /** Begins to watch. */
    static Load watch(Rig rig) throws IOException {
        return new Load(rig);
    }

    private static long[] cores() throws IOException {
        String all = Files.readAllLines(Path.of("/proc/stat")).get(0);
        String[] fields = all.split(" +", -1);
        long sum = 0;
        for (int i = 1; i < fields.length; i++) {
            sum += Long.parseLong(fields[i]);
        }
        return new long[] {sum, Long.parseLong(fields[IDLE]) + Long.parseLong(fields[IO_WAIT])};
    }

    /** Returns what was used since then, each as a share: of one core, but for the machine. */
    Usage used() throws IOException {
        double nanos = System.nanoTime() - startNanos;
        HostCost used = HostCost.now(rig.devicePid()).since(cost);
        long[] now = cores();
        double machine = now[0] == cores[0] ? 0 : 1 - (double) (now[1] - cores[1]) / (now[0] - cores[0]);
        return new Usage(used.deviceNanos() / nanos, used.cpuNanos() / nanos, machine);
    }

    /** Shares of a core; {@code machine}: of all cores. */
    record Usage(double device, double host, double machine) {
        /** Returns what has no more to give; else that it is the waiting of one for the other. */
        String limit() {
            String what = device >= FULL
                    ? "device"
                    : host >= FULL ? "host" : machine >= FULL ? "this machine, whose cores all are busy" : "waiting";
            return what + " (" + words() + ")";
        }

        String words() {
            String devices = device == 0 ? "" : String.format(Locale.ROOT, "device %.0f %% of a core, ", 100 * device);
            return devices + String.format(Locale.ROOT, "host %.0f %%, machine %.0f %%", 100 * host, 100 * machine);
        }
    }
}
