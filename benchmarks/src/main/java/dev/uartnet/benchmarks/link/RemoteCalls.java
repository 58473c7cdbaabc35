package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.objects.RemoteObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a call of a remote object costs beside a ping of as many bytes on the wire, and how much of the line many small calls at once fill: {@code java
 * -cp benchmarks/target/benchmarks.jar dev.uartnet.benchmarks.link.RemoteCalls [CALLS]}, from the checkout's root. Each figure from so many calls (default
 * 3,000); firmware on MicroPython (64 bits).
 */
public final class RemoteCalls {
    private static final int BITS_PER_BYTE = 10;
    private static final int[] RATES = {115_200, 921_600};
    private static final int[] IN_FLIGHT = {1, 8, 32, 1_000};
    private static final int WARM_UP = 1_000;
    private static final int ARGUMENT_BYTES = 16;

    private final int calls;
    private final List<String> table = new ArrayList<>();
    private int right;

    /** @param calls for each figure */
    RemoteCalls(int calls) {
        this.calls = calls;
    }

    /** Runs it, and prints two tables. */
    public static void main(String[] arguments) throws Exception {
        RemoteCalls remote = new RemoteCalls(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3_000);
        remote.run();
        remote.table.forEach(System.out::println);
    }

    void run() throws Exception {
        table.add(
                "| baud | ping p50 | call p50 | a call costs | ping p99 | call p99 | bytes on the wire, both ways: ping, call |");
        table.add("| --- | --- | --- | --- | --- | --- | --- |");
        List<String> full = new ArrayList<>();
        full.add("| baud | calls in flight | calls/s | of the line up | of the line down |");
        full.add("| --- | --- | --- | --- | --- |");
        for (int baud : RATES) {
            try (Rig bed = new Rig(Board.of(DeviceKind.FIRMWARE, baud).allow("everything"))) {
                ProxyClient client = bed.client();
                // Gives back what it gets, in C: what is measured is the way there and back.
                try (RemoteObject echo = Objects.requireNonNull(
                        client.objects().evaluate("bytes").object().block())) {
                    trips(bed, client, echo, baud);
                    for (int inFlight : IN_FLIGHT) {
                        full.add(filled(bed, echo, baud, inFlight));
                    }
                }
            }
        }
        table.add("");
        table.addAll(full);
    }

    List<String> table() {
        return table;
    }

    /** Returns how many calls were answered with what they had to be. */
    int right() {
        return right;
    }

    private Mono<byte[]> call(RemoteObject echo) {
        return echo.invoke(new byte[ARGUMENT_BYTES]).as(byte[].class).doOnNext(answer -> {
            if (answer.length == ARGUMENT_BYTES) {
                right++;
            }
        });
    }

    private void trips(Rig bed, ProxyClient client, RemoteObject echo, int baud) {
        for (int i = 0; i < Math.min(WARM_UP, calls); i++) {
            client.ping(new byte[i % ARGUMENT_BYTES]).block();
            call(echo).block();
        }
        double none = wireBytes(bed, client.ping());
        double called = wireBytes(bed, call(echo));
        byte[] payload = new byte[(int) Math.round((called - none) / 2)];
        double pinged = wireBytes(bed, client.ping(payload));
        // In turn, so that what else the machine does hits both.
        long[] pings = new long[calls];
        long[] trips = new long[calls];
        for (int i = 0; i < calls; i++) {
            pings[i] = nanos(client.ping(payload));
            trips[i] = nanos(call(echo));
        }
        Arrays.sort(pings);
        Arrays.sort(trips);
        int middle = calls / 2;
        int late = calls * 99 / 100;
        table.add(String.format(
                Locale.ROOT,
                "| %,d | %.2f ms | %.2f ms | %+.0f %% | %.2f ms | %.2f ms | %.0f, %.0f |",
                baud,
                pings[middle] / 1e6,
                trips[middle] / 1e6,
                100.0 * trips[middle] / pings[middle] - 100,
                pings[late] / 1e6,
                trips[late] / 1e6,
                pinged,
                called));
    }

    private static long nanos(Mono<?> round) {
        long start = System.nanoTime();
        round.block();
        return System.nanoTime() - start;
    }

    /** Of one round, acknowledgements included. */
    private double wireBytes(Rig bed, Mono<?> round) {
        int rounds = Math.min(100, calls);
        long before = bed.board().wireUp() + bed.board().wireDown();
        for (int i = 0; i < rounds; i++) {
            round.block();
        }
        return (double) (bed.board().wireUp() + bed.board().wireDown() - before) / rounds;
    }

    private String filled(Rig bed, RemoteObject echo, int baud, int inFlight) {
        long up = bed.board().wireUp();
        long down = bed.board().wireDown();
        long start = System.nanoTime();
        Flux.range(0, calls).flatMap(i -> call(echo), inFlight).blockLast();
        double seconds = (System.nanoTime() - start) / 1e9;
        double rate = (double) baud / BITS_PER_BYTE * seconds;
        return String.format(
                Locale.ROOT,
                "| %,d | %,d | %,.0f | %.0f %% | %.0f %% |",
                baud,
                inFlight,
                calls / seconds,
                100 * (bed.board().wireUp() - up) / rate,
                100 * (bed.board().wireDown() - down) / rate);
    }
}
