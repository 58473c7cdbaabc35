package dev.uartnet.benchmarks.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How busy line, device, host and machine were during a measurement: what tells which of them held a figure. */
public final class Load {
    /** Fields of /proc/stat's first line: time in which cores had nothing to do. */
    private static final int IDLE = 4;

    private static final int IO_WAIT = 5;

    private final Board board;
    private final HostCost cost;
    private final long startNanos = System.nanoTime();
    private final long[] cores;
    private final long down;
    private final long up;

    private Load(Board board) throws IOException {
        this.board = board;
        cost = HostCost.now(board.pid());
        cores = cores();
        down = board.wireDown();
        up = board.wireUp();
    }

    /** Begins to watch. */
    public static Load watch(Board board) throws IOException {
        return new Load(board);
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

    /** Returns what was used since then. */
    public Usage used() throws IOException {
        double nanos = System.nanoTime() - startNanos;
        HostCost used = HostCost.now(board.pid()).since(cost);
        long[] now = cores();
        double machine = now[0] == cores[0] ? 0 : 1 - (double) (now[1] - cores[1]) / (now[0] - cores[0]);
        double wire = board.lineRate() * nanos / 1e9;
        return new Usage(
                used.deviceNanos() / nanos,
                used.cpuNanos() / nanos,
                machine,
                (board.wireDown() - down) / wire,
                (board.wireUp() - up) / wire);
    }

    /**
     * Shares of a core; {@code machine}: of all cores.
     *
     * @param device of the device's process; 0 if it is in this one
     * @param down of the time in which the line could carry bytes to the host; 0 if the line is not paced
     * @param up likewise, to the device
     */
    public record Usage(double device, double host, double machine, double down, double up) {
        /** A thread or process that uses so much of a core has no more to give. */
        private static final double BUSY = 0.85;
        /** What lacks are the beginning and the end of each transfer, where the line is idle. */
        private static final double LINE_FULL = 0.96;

        /** Returns what has no more to give, {@code line}, {@code device}, {@code host} or this machine; if nothing has, that they wait for each other. */
        public String limit(Direction direction) {
            double line =
                    switch (direction) {
                        case DOWN -> down;
                        case UP -> up;
                        case BOTH -> Math.min(down, up);
                    };
            String what;
            if (line >= LINE_FULL) {
                what = "line";
            } else if (device >= BUSY) {
                what = "device";
            } else if (host >= BUSY) {
                what = "host";
            } else if (machine >= BUSY) {
                what = "this machine, which runs host, line and device: all its cores are busy";
            } else {
                what = "none of them is full: host and device wait for each other";
            }
            return what + " (" + words() + ")";
        }

        /** Returns all of them in words. */
        public String words() {
            List<String> words = new ArrayList<>();
            if (down > 0 || up > 0) {
                words.add(String.format(Locale.ROOT, "line %.0f %% full down, %.0f %% up", 100 * down, 100 * up));
            }
            if (device > 0) {
                words.add(String.format(Locale.ROOT, "device %.0f %% of a core", 100 * device));
            }
            words.add(String.format(Locale.ROOT, "host %.0f %% of a core", 100 * host));
            words.add(String.format(Locale.ROOT, "machine %.0f %%", 100 * machine));
            return String.join(", ", words);
        }
    }
}
