package dev.uartnet.benchmarks.link;

import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.proxy.ProxyClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * How much of a line's rate one TCP connection gets, and how long a ping takes: {@code java -cp benchmarks/target/benchmarks.jar
 * dev.uartnet.benchmarks.link.LinkBenchmark [SECONDS [NAME]]}, from the checkout's root. A line's rate is its baud rate divided by the 10
 * bits of a byte; each transfer takes about SECONDS (default 12) of it, and at least 1 MB; with NAME, only the lines whose name begins so.
 */
public final class LinkBenchmark {
    private static final int BYTES_MIN = 1 << 20;
    private static final int PINGS = 2_000;
    private static final int BITS_PER_BYTE = 10;
    private static final long SEED = 42;

    private final List<String> table = new ArrayList<>();
    private final int seconds;
    private final int bytesMin;
    private final int pings;
    private final String only;

    /**
     * A run of the lines whose names begin with a word.
     *
     * @param seconds of each transfer, about
     * @param bytesMin but at least so many bytes
     * @param pings how many round trips, behind as many that do not count
     */
    LinkBenchmark(int seconds, int bytesMin, int pings, String only) {
        this.bytesMin = bytesMin;
        this.pings = pings;
        this.only = only;
        this.seconds = seconds;
    }

    /** Runs all lines, one after the other, and prints a table. */
    public static void main(String[] arguments) throws Exception {
        LinkBenchmark benchmark = new LinkBenchmark(
                arguments.length > 0 ? Integer.parseInt(arguments[0]) : 12,
                BYTES_MIN,
                PINGS,
                arguments.length > 1 ? arguments[1] : "");
        benchmark.run();
        benchmark.table.forEach(System.out::println);
    }

    /** Runs them, one after the other. */
    void run() throws Exception {
        table.add(
                "| line | bytes | down, of the line's rate | up, of the line's rate | bytes on the line for each byte, down and up | faults of the line | frames repeated by the device | by the host |");
        table.add("| --- | --- | --- | --- | --- | --- | --- | --- |");
        warmUp();
        oneWay("115,200, clean", 115_200, 0);
        oneWay("921,600, clean", 921_600, 0);
        bothWays();
        oneWay("921,600, byte error 1e-5", 921_600, 1e-5);
        oneWay("921,600, byte error 1e-4", 921_600, 1e-4);
        oneWay("921,600, byte error 1e-3", 921_600, 1e-3);
        ping(921_600);
    }

    /** The first seconds of a JVM say little. */
    private void warmUp() throws Exception {
        try (TestBed bed = open(921_600, 0)) {
            transfer(bed, bed.connect(connector -> connector), bytesMin / 2, bytesMin / 2);
        }
    }

    List<String> table() {
        return table;
    }

    private long bytes(int baud) {
        return Math.max(bytesMin, (long) seconds * baud / BITS_PER_BYTE);
    }

    private static TestBed open(int baud, double byteError) throws IOException {
        return new TestBed(baud, false, line -> line.faults(LineFaults.NONE.withByteError(byteError))
                .seed(SEED));
    }

    private void oneWay(String name, int baud, double byteError) throws Exception {
        if (!name.startsWith(only)) {
            return;
        }
        long bytes = bytes(baud);
        try (TestBed bed = open(baud, byteError)) {
            ProxyClient client = bed.connect(connector -> connector);
            Transfer.Result down = transfer(bed, client, bytes, 0);
            long wireDown = bed.bytesDown();
            long wireUp = bed.bytesUp();
            Transfer.Result up = transfer(bed, client, 0, bytes);
            wireUp = bed.bytesUp() - wireUp;
            row(name, bed, client, baud, bytes, down.downNanos(), up.upNanos(), wireDown, wireUp);
        }
    }

    private void bothWays() throws Exception {
        String name = "921,600, both ways at once";
        int baud = 921_600;
        if (!name.startsWith(only)) {
            return;
        }
        long bytes = bytes(baud);
        try (TestBed bed = open(baud, 0)) {
            ProxyClient client = bed.connect(connector -> connector);
            Transfer.Result both = transfer(bed, client, bytes, bytes);
            row(name, bed, client, baud, bytes, both.downNanos(), both.upNanos(), bed.bytesDown(), bed.bytesUp());
        }
    }

    private static Transfer.Result transfer(TestBed bed, ProxyClient client, long down, long up) throws Exception {
        return Transfer.start(client, bed.group(), bed.serverPort(), SEED, down, up)
                .get(30, TimeUnit.MINUTES);
    }

    private void row(
            String name,
            TestBed bed,
            ProxyClient client,
            int baud,
            long bytes,
            long downNanos,
            long upNanos,
            long wireDown,
            long wireUp) {
        Map<String, Long> device = Objects.requireNonNull(client.info().block()).link();
        LinkCounters host = Objects.requireNonNull(client.health().block()).counters();
        String row = String.format(
                Locale.ROOT,
                "| %s | %,d | %.1f %% | %.1f %% | %.3f, %.3f | %,d | %d (%d by the timer) | %d (%d) |",
                name,
                bytes,
                share(baud, bytes, downNanos),
                share(baud, bytes, upNanos),
                (double) wireDown / bytes,
                (double) wireUp / bytes,
                bed.faults(),
                device.get("retransmits"),
                device.get("timeouts"),
                host.retransmits(),
                host.timeouts());
        System.err.println(row);
        table.add(row);
    }

    /** The share of the line's rate, in per cent. */
    private static double share(int baud, long bytes, long nanos) {
        return 100.0 * bytes * BITS_PER_BYTE / baud / (nanos / 1e9);
    }

    private void ping(int baud) throws Exception {
        if (!"ping".startsWith(only)) {
            return;
        }
        try (TestBed bed = open(baud, 0)) {
            ProxyClient client = bed.connect(connector -> connector);
            for (int i = 0; i < pings; i++) {
                client.ping().block();
            }
            long bytesBefore = (bed.bytesDown() + bed.bytesUp());
            long[] nanos = new long[pings];
            for (int i = 0; i < pings; i++) {
                Duration time = client.ping().block();
                nanos[i] = time == null ? 0 : time.toNanos();
            }
            double bytes = (double) ((bed.bytesDown() + bed.bytesUp()) - bytesBefore) / pings;
            double wire = bytes * BITS_PER_BYTE / baud * 1e3;
            Arrays.sort(nanos);
            double median = nanos[pings / 2] / 1e6;
            table.add("");
            table.add(String.format(
                    Locale.ROOT,
                    "ping at %,d baud: p50 %.2f ms = wire time of %.0f bytes %.2f ms + %.2f ms; p1 %.2f ms, p99 %.2f ms",
                    baud,
                    median,
                    bytes,
                    wire,
                    median - wire,
                    nanos[pings / 100] / 1e6,
                    nanos[pings * 99 / 100] / 1e6));
        }
    }
}
