package dev.uartnet.benchmarks;

import dev.uartnet.benchmarks.device.DevicePart;
import dev.uartnet.benchmarks.jmh.Microbenchmarks;
import dev.uartnet.benchmarks.link.LinkParts;
import dev.uartnet.benchmarks.part.Checkout;
import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.pool.PoolBenchmark;
import dev.uartnet.benchmarks.port.PortBenchmark;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Machine;
import dev.uartnet.measure.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * All that is measured: {@code benchmarks/run [--short] [--out FOLDER] [PART...]}. Each part writes its results into a file of its own, in the form that benchmarks/README.md
 * describes. A part that fails says so, and the others go on.
 */
public final class Benchmarks {
    private static final Map<String, Part> PARTS = parts();
    /** The first seconds of a JVM say little. */
    private static final long WARM_UP_BYTES = 30_000_000;
    /** Of a part: none takes half of it. */
    private static final int MINUTES_MAX = 10;

    private final Effort effort;
    private final Path folder;
    private @Nullable String micropython;
    private boolean warm;

    /** @param folder where the results are written */
    Benchmarks(Effort effort, Path folder) {
        this.effort = effort;
        this.folder = folder;
    }

    /** Those come first that want a JVM which has done nothing yet, or others of their own. */
    private static Map<String, Part> parts() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("port", new PortBenchmark());
        parts.put("codec", new Microbenchmarks());
        parts.put("device", new DevicePart());
        parts.putAll(LinkParts.all());
        parts.put("pool", new PoolBenchmark());
        return parts;
    }

    /** Runs the parts that are named, or all; exit code 1 if one has failed, 2 if the arguments are wrong. */
    public static void main(String[] arguments) throws Exception {
        Effort effort = Effort.LONG;
        Path folder = null;
        Set<String> wanted = new LinkedHashSet<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--short" -> effort = Effort.SHORT;
                case "--out" -> {
                    if (++i == arguments.length) {
                        wrong("--out needs a folder");
                    }
                    folder = Path.of(arguments[i]);
                }
                default -> {
                    if (!PARTS.containsKey(arguments[i])) {
                        wrong("no part of the benchmarks: " + arguments[i]);
                    }
                    wanted.add(arguments[i]);
                }
            }
        }
        if (effort.isShort() && folder == null) {
            wrong("--short needs --out FOLDER: its figures are not to replace real ones");
        }
        List<String> failed = new Benchmarks(effort, folder == null ? Path.of("benchmarks", "results") : folder)
                .run(wanted.isEmpty() ? PARTS.keySet() : wanted);
        if (!failed.isEmpty()) {
            System.err.println("FAILED: " + String.join(", ", failed));
        }
        System.exit(failed.isEmpty() ? 0 : 1); // a part that was given up may still run
    }

    private static void wrong(String what) {
        System.err.println(what + " (parts: " + String.join(", ", PARTS.keySet())
                + "; options: --short, --out FOLDER; see: benchmarks/run --help)");
        System.exit(2);
    }

    /** Returns the name of the file in which a part's results are. */
    private static String fileName(String part) {
        return (LinkParts.all().containsKey(part) ? "link-" : "") + part + ".json";
    }

    static Set<String> partNames() {
        return PARTS.keySet();
    }

    /** Runs parts, one after the other, in their own order; returns those that have failed. */
    List<String> run(Set<String> names) throws InterruptedException {
        List<String> failed = new ArrayList<>();
        StringBuilder times = new StringBuilder();
        for (Map.Entry<String, Part> part : PARTS.entrySet()) {
            if (!names.contains(part.getKey())) {
                continue;
            }
            long start = System.nanoTime();
            try {
                within(part.getKey(), () -> measure(part.getKey(), part.getValue()));
            } catch (ExecutionException | TimeoutException e) {
                System.err.println("part " + part.getKey() + " FAILED");
                (e instanceof ExecutionException ? e.getCause() : e).printStackTrace();
                failed.add(part.getKey());
            }
            times.append(
                    String.format(Locale.ROOT, "%10s %4.0f s%n", part.getKey(), (System.nanoTime() - start) / 1e9));
        }
        System.err.print(times);
        return failed;
    }

    private interface Task {
        void run() throws Exception;
    }

    /** Gives a part up that hangs, and says where. */
    private static void within(String name, Task task)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                        done.complete(true);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "part-" + name);
        thread.setDaemon(true);
        thread.start();
        try {
            done.get(MINUTES_MAX, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            e.setStackTrace(thread.getStackTrace());
            thread.interrupt();
            throw e;
        }
    }

    private void measure(String name, Part part) throws Exception {
        boolean ofTheLink = LinkParts.all().containsKey(name);
        if ((ofTheLink || part instanceof PoolBenchmark) && !warm) {
            warmUp();
            warm = true;
        }
        Machine machine = Machine.here(micropython);
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Run run = new Run(effort);
        part.measure(run);
        String how = String.format(
                Locale.ROOT,
                "benchmarks/run %s%s: %s%s; took %d s",
                effort.isShort() ? "--short " : "",
                name,
                warm ? "the JVM warmed up with " + warmUpBytes() / 1e6 + " MB each way, " : "",
                part.how(effort),
                Instant.now().getEpochSecond() - start.getEpochSecond());
        Path file = folder.resolve(fileName(name));
        String title = ofTheLink ? "Link: " + name : name;
        new Results(title, start.toString(), Checkout.commit(), how, machine, run.figures(), run.series()).write(file);
        System.err.println(file);
    }

    private long warmUpBytes() {
        return effort.isShort() ? 100_000 : WARM_UP_BYTES;
    }

    private void warmUp() throws IOException {
        try (Rig rig = new Rig(DeviceKind.SIMULATOR, 0)) {
            rig.transfer(warmUpBytes(), warmUpBytes());
        }
        try (Rig rig = new Rig(DeviceKind.FIRMWARE, 0)) {
            var info = rig.client().info().block();
            micropython = info == null ? null : info.python();
        }
    }
}
