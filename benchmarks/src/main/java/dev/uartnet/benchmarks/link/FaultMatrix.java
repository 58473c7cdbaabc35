package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.proxy.ProxyConnector;
import dev.uartnet.transport.FlowControl;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Whether every byte is right on bad lines: for each kind of fault, bytes go down and up at once through the real firmware, and
 * each is compared: {@code java -cp benchmarks/target/benchmarks.jar dev.uartnet.benchmarks.link.FaultMatrix [MEGABYTES [NAME]]},
 * from the checkout's root; default 20 MB each way, all kinds. Exit code 1 if anything was wrong.
 */
public final class FaultMatrix {
    private static final long SEED = 7;
    private static final int FAST = 3_000_000;
    private static final int USUAL = 921_600;

    private final long bytes;
    private final String only;
    private int rows;
    private int failures;

    /**
     * A run of all lines whose names contain a word.
     *
     * @param bytes each way, on each line
     */
    FaultMatrix(long bytes, String only) {
        this.bytes = bytes;
        this.only = only;
    }

    /** Returns how many lines there were. */
    int rows() {
        return rows;
    }

    /** Returns on how many lines something was wrong. */
    int failures() {
        return failures;
    }

    /** Runs all kinds, one after the other, and prints a table. */
    public static void main(String[] arguments) throws Exception {
        FaultMatrix matrix = new FaultMatrix(
                arguments.length > 0 ? Long.parseLong(arguments[0]) * 1_000_000 : 20_000_000,
                arguments.length > 1 ? arguments[1] : "");
        matrix.run();
        System.exit(matrix.failures == 0 ? 0 : 1);
    }

    /** Runs them all, one after the other. */
    void run() throws Exception {
        System.out.println("| line | baud | each way | seconds | of the rate | faults | connections | result |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        faults("byte error 1e-5", LineFaults.NONE.withByteError(1e-5));
        faults("byte error 1e-4", LineFaults.NONE.withByteError(1e-4));
        faults("byte error 1e-3", LineFaults.NONE.withByteError(1e-3));
        faults("bursts of 50 lost bytes, 1e-4", LineFaults.NONE.withBurst(1e-4, 50));
        faults("duplicated bytes, 1e-3", LineFaults.NONE.withDuplicate(1e-3));
        row("USB batching of 16 ms", FAST, line -> line.latency(Duration.ofMillis(16)), link -> link, bed -> {});
        row(
                "FIFO of 64 bytes, no flow control",
                USUAL,
                line -> line.fifo(64, FlowControl.NONE),
                link -> link,
                bed -> {});
        cut("cut for 1 s", Duration.ofSeconds(1), link -> link);
        UnaryOperator<LinkConfig> patient = link -> link.withKeepalive(Duration.ofSeconds(20));
        cut("cut for 5 s, keepalive 20 s", Duration.ofSeconds(5), patient);
        cut("cut for 30 s, keepalive 20 s", Duration.ofSeconds(30), patient);
        cut("cut for 5 s, keepalive 1 s", Duration.ofSeconds(5), link -> link);
        cut("cut for 30 s, keepalive 1 s", Duration.ofSeconds(30), link -> link);
    }

    private void faults(String name, LineFaults faults) throws Exception {
        row(name, FAST, line -> line.faults(faults), link -> link, bed -> {});
    }

    private void cut(String name, Duration time, UnaryOperator<LinkConfig> link) throws Exception {
        row(name, FAST, line -> line, link, bed -> {
            while (bed.board().wireDown() < bytes / 4) {
                Thread.sleep(1);
            }
            bed.board().line().cut();
            Thread.sleep(time.toMillis());
            bed.board().line().restore();
        });
    }

    /** What happens to the line while the bytes go over it. */
    private interface Event {
        void happen(Rig bed) throws InterruptedException;
    }

    private void row(
            String name, int baud, UnaryOperator<SerialLine.Builder> shape, UnaryOperator<LinkConfig> link, Event event)
            throws Exception {
        if (!name.contains(only)) {
            return;
        }
        rows++;
        UnaryOperator<ProxyConnector> configuration =
                connector -> connector.link(link.apply(LinkConfig.host().withConnectTimeout(Duration.ofSeconds(20))));
        Board.Builder board = Board.of(DeviceKind.FIRMWARE, baud)
                .line(line -> shape.apply(line).seed(SEED));
        try (Rig bed = new Rig(board, configuration)) {
            long start = System.nanoTime();
            Thread happening = new Thread(() -> happen(event, bed), "event");
            happening.setDaemon(true);
            happening.start();
            String result;
            int connections = 1;
            while (true) {
                try {
                    bed.begin(bytes, bytes).get(30, TimeUnit.MINUTES);
                    result = "right both ways";
                    break;
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof IOException) || connections == 5) {
                        result = "FAILED: " + e.getCause();
                        failures++;
                        break;
                    }
                    // As an application would: the link was lost, the client connects again, the transfer begins anew.
                    System.err.println(name + ": " + e.getCause().getMessage());
                    connections++;
                }
            }
            happening.interrupt();
            happening.join();
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %.1f | %.0f %% | %,d | %d | %s |",
                    name,
                    baud,
                    bytes,
                    seconds,
                    1_000.0 * bytes / baud / seconds,
                    bed.board().faults(),
                    connections,
                    result));
        }
    }

    private static void happen(Event event, Rig bed) {
        try {
            event.happen(bed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
