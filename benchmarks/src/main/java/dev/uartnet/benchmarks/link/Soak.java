package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.esp32.LineFaults;
import dev.uartnet.proxy.DeviceInfo;
import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.LinkState;
import dev.uartnet.proxy.ProxyClient;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Many sockets for long over a line that has everything: noise that changes, bursts, stalls, cuts, and a firmware that is killed now and
 * then. Each socket carries random bytes both ways and compares each; {@code java -cp benchmarks/target/benchmarks.jar
 * dev.uartnet.benchmarks.link.Soak [MINUTES]}, from the checkout's root; default 30. Exit code 1 if a byte was wrong, if a transfer failed
 * for another reason than a lost link, or if the client did not come back.
 */
public final class Soak {
    private static final int SOCKETS = 16;
    private static final int BAUD = 921_600;
    private static final int BYTES_MAX = 200_000;
    private static final Duration TRANSFER_MAX = Duration.ofMinutes(5);
    /** A session survives it. */
    private static final Duration SHORT_CUT = Duration.ofSeconds(1);
    /** It does not. */
    private static final Duration LONG_CUT = Duration.ofSeconds(5);

    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(1);
    private static final LineFaults[] WEATHER = {
        LineFaults.NONE,
        LineFaults.NONE.withByteError(1e-5),
        LineFaults.NONE.withByteError(1e-4),
        LineFaults.NONE.withByteError(1e-3),
        LineFaults.NONE.withBurst(1e-4, 50),
        LineFaults.NONE.withDuplicate(1e-3),
        LineFaults.NONE.withStall(2e-6, Duration.ofMillis(300)).withByteError(1e-4),
    };

    private final long seed;
    private final int bytesMax;
    private final Rig bed;
    private final ProxyClient client;
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong cutShort = new AtomicLong();
    private final AtomicInteger wrong = new AtomicInteger();
    private final AtomicInteger reconnections = new AtomicInteger();
    private int cuts;
    private int kills;

    private Soak(long seed, Rig bed, int bytesMax) {
        this.bytesMax = bytesMax;
        this.seed = seed;
        this.bed = bed;
        client = bed.client();
    }

    /** Runs for so many minutes, and prints its figures. */
    public static void main(String[] arguments) throws Exception {
        Duration time = Duration.ofMinutes(arguments.length > 0 ? Long.parseLong(arguments[0]) : 30);
        System.exit(run(time, BYTES_MAX) ? 0 : 1);
    }

    /** Runs for so long, with transfers of at most so many bytes each way; returns whether nothing was wrong. */
    static boolean run(Duration time, int bytesMax) throws Exception {
        long seed = System.nanoTime();
        Board.Builder board = Board.of(DeviceKind.FIRMWARE, BAUD).small().line(line -> line.seed(seed));
        try (Rig bed = new Rig(board)) {
            return new Soak(seed, bed, bytesMax).carryAll(time);
        }
    }

    private boolean carryAll(Duration time) throws Exception {
        System.out.println("seed " + seed + ", " + SOCKETS + " sockets, firmware with 32-bit objects and 110 KB");
        client.states()
                .filter(state -> state.kind() == LinkState.Kind.CONNECTED)
                .skip(1)
                .subscribe(state -> {
                    reconnections.incrementAndGet();
                });
        memory("at start");
        long start = System.nanoTime();
        long end = start + time.toNanos();
        List<Thread> sockets = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            int number = i;
            Thread thread = new Thread(() -> carry(number, end), "socket-" + i);
            thread.setDaemon(true);
            thread.start();
            sockets.add(thread);
        }
        Thread disturbing = new Thread(() -> disturb(end), "weather");
        disturbing.setDaemon(true);
        disturbing.start();
        while (System.nanoTime() < end) {
            Thread.sleep(Math.min(REPORT_INTERVAL.toMillis(), Math.max(1, (end - System.nanoTime()) / 1_000_000)));
            report(Duration.ofNanos(System.nanoTime() - start));
        }
        disturbing.join();
        for (Thread socket : sockets) {
            socket.join(TRANSFER_MAX.toMillis());
            if (socket.isAlive()) {
                System.out.println(socket.getName() + " HANGS");
                wrong.incrementAndGet();
            }
        }
        report(Duration.ofNanos(System.nanoTime() - start));
        memory("at the end");
        return wrong.get() == 0;
    }

    private void carry(int number, long end) {
        Random random = new Random(seed + number);
        while (System.nanoTime() < end) {
            long down = random.nextInt(bytesMax);
            long up = random.nextInt(bytesMax);
            try {
                bed.begin(down, up).get(TRANSFER_MAX.toSeconds(), TimeUnit.SECONDS);
                transfers.incrementAndGet();
                bytes.addAndGet(down + up);
            } catch (ExecutionException e) {
                failed(number, e.getCause());
            } catch (Exception e) {
                failed(number, e);
            }
        }
    }

    /** A lost link is what the application has to expect here; anything else is wrong. */
    private void failed(int number, Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof LinkLostException) {
                cutShort.incrementAndGet();
                return;
            }
        }
        wrong.incrementAndGet();
        System.out.println("socket " + number + " FAILED: " + cause);
    }

    private void disturb(long end) {
        Random random = new Random(~seed);
        try {
            for (int hour = 1; System.nanoTime() < end; hour++) {
                bed.board().line().faults(WEATHER[random.nextInt(WEATHER.length)]);
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                TimeUnit.MILLISECONDS.sleep(Math.min(5_000 + random.nextInt(10_000), Math.max(0, left)));
                if (hour % 3 == 0) {
                    Duration time = hour % 12 == 0 ? LONG_CUT : SHORT_CUT;
                    bed.board().line().cut();
                    TimeUnit.MILLISECONDS.sleep(time.toMillis());
                    bed.board().line().restore();
                    cuts++;
                }
                if (hour % 10 == 0) {
                    bed.board().reboot();
                    kills++;
                }
            }
            bed.board().line().faults(LineFaults.NONE);
        } catch (IOException e) {
            wrong.incrementAndGet();
            System.out.println("the firmware FAILED to start again: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(Duration elapsed) {
        LinkCounters host = Objects.requireNonNull(client.health().block()).counters();
        System.out.println(String.format(
                Locale.ROOT,
                "%2d:%02d  %,d transfers right, %,d bytes; %,d ended by a lost link; %d wrong; %,d faults of the line, %d cuts, "
                        + "%d kills, %d reconnections; host repeated %,d frames (%,d by the timer), %,d CRC errors",
                elapsed.toMinutes(),
                elapsed.toSecondsPart(),
                transfers.get(),
                bytes.get(),
                cutShort.get(),
                wrong.get(),
                bed.board().faults(),
                cuts,
                kills,
                reconnections.get(),
                host.retransmits(),
                host.timeouts(),
                host.crcErrors()));
    }

    private void memory(String when) throws Exception {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(100);
        }
        DeviceInfo device = Objects.requireNonNull(client.info().block());
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.println(String.format(
                Locale.ROOT,
                "%s: host: %,d bytes of heap, %,d of direct memory, %d threads, %d open files; firmware: %,d bytes free, %,d used, resident %s, "
                        + "%d open files",
                when,
                heap,
                PlatformDependent.usedDirectMemory(),
                Thread.activeCount(),
                openFiles(ProcessHandle.current().pid()),
                device.heapFree(),
                device.heapUsed(),
                resident(bed.board().firmware().pid()),
                openFiles(bed.board().firmware().pid())));
    }

    private static long openFiles(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.count();
        }
    }

    private static String resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .map(line -> line.substring("VmRSS:".length()).strip())
                .findFirst()
                .orElse("unknown");
    }
}
