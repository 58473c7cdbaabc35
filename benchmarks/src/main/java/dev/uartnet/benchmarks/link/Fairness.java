package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Goodput;
import dev.uartnet.proxy.ProxyClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How long a ping takes while one connection saturates the line, and whether small transfers on other sockets get through beside it: {@code java
 * -cp benchmarks/target/benchmarks.jar dev.uartnet.benchmarks.link.Fairness [MEGABYTES]}, from the checkout's root. The line has 921,600 baud and
 * no faults; the transfer has so many MB (default 5).
 */
public final class Fairness {
    private static final int BAUD = 921_600;
    private static final int BITS_PER_BYTE = 10;
    /** Of 1,024 bytes of payload, with what SLIP, link and CRC add. */
    private static final int FULL_FRAME_BYTES = 1_034;

    private static final double FRAME_MILLIS = 1e3 * FULL_FRAME_BYTES * BITS_PER_BYTE / BAUD;
    private static final int SMALL_TRANSFERS = 20;
    private static final int SMALL_BYTES = 500;
    private static final int IDLE_PINGS = 1_000;

    private final long bytes;
    private final int idlePings;
    private final List<String> table = new ArrayList<>();
    private int smallDone;

    /**
     * A run.
     *
     * @param bytes of the transfer that saturates the line
     * @param idlePings how many round trips are measured without one
     */
    Fairness(long bytes, int idlePings) {
        this.bytes = bytes;
        this.idlePings = idlePings;
    }

    /** Runs it, and prints a table. */
    public static void main(String[] arguments) throws Exception {
        long megabytes = arguments.length > 0 ? Long.parseLong(arguments[0]) : 5;
        Fairness fairness = new Fairness(megabytes * 1_000_000, IDLE_PINGS);
        fairness.run();
    }

    void run() throws Exception {
        say(
                "| on the line | pings | p50 | p99 | longest | 4 full frames and 2 ms | small transfers beside it | the longest of them |");
        say("| --- | --- | --- | --- | --- | --- | --- | --- |");
        try (Rig bed = new Rig(DeviceKind.FIRMWARE, BAUD)) {
            ProxyClient client = bed.client();
            ping(client, idlePings); // the first seconds of a JVM say little
            row("nothing else", ping(client, idlePings), "");
            row(bed, client, "one download", bytes, 0);
            row(bed, client, "one upload", 0, bytes);
            row(bed, client, "one of each at once", bytes, bytes);
        }
    }

    List<String> table() {
        return table;
    }

    /** Returns how many of the small transfers brought every byte. */
    int smallDone() {
        return smallDone;
    }

    private static long[] ping(ProxyClient client, int count) {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            nanos[i] = ping(client);
        }
        return nanos;
    }

    private static long ping(ProxyClient client) {
        Duration time = client.ping().block();
        return time == null ? 0 : time.toNanos();
    }

    private void row(Rig bed, ProxyClient client, String name, long down, long up) throws Exception {
        CompletableFuture<?> bulk = bed.begin(down, up);
        // Half of the bytes may already be there before the small ones begin, if the pings are slow: begin with them.
        List<CompletableFuture<Goodput>> small = new ArrayList<>();
        long longest = 0;
        List<Long> nanos = new ArrayList<>();
        while (!bulk.isDone()) {
            if (small.size() < SMALL_TRANSFERS) {
                small.add(bed.begin(SMALL_BYTES, SMALL_BYTES));
            }
            nanos.add(ping(client));
        }
        bulk.get();
        for (CompletableFuture<Goodput> one : small) {
            Goodput result = one.get(1, TimeUnit.MINUTES);
            longest = Math.max(longest, Math.max(result.downNanos(), result.upNanos()));
            smallDone++;
        }
        row(
                name,
                nanos.stream().mapToLong(Long::longValue).toArray(),
                String.format(Locale.ROOT, "%d of %d right | %.0f ms", small.size(), small.size(), longest / 1e6));
    }

    private void row(String name, long[] nanos, String small) {
        Arrays.sort(nanos);
        String row = String.format(
                Locale.ROOT,
                "| %s | %,d | %.1f ms | %.1f ms | %.1f ms | %.1f ms | %s |",
                name,
                nanos.length,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6,
                4 * FRAME_MILLIS + 2,
                small.isEmpty() ? " | " : small);
        say(row);
    }

    private void say(String row) {
        System.out.println(row);
        table.add(row);
    }
}
