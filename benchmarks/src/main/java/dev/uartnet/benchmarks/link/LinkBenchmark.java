package dev.uartnet.benchmarks.link;

import dev.uartnet.measure.Machine;
import dev.uartnet.measure.Results;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The link from end to end, measured: {@code benchmarks/run [--short] [--out FOLDER] [PART...]}. Each part writes its results into a file of its own, {@code
 * FOLDER/link-PART.json}, in the form that benchmarks/README.md describes.
 */
public final class LinkBenchmark {
    private static final Map<String, Part> PARTS = parts();
    /** The first seconds of a JVM say little. */
    private static final long WARM_UP_BYTES = 30_000_000;

    private final Effort effort;
    private final Path folder;

    /** @param folder where the results are written */
    LinkBenchmark(Effort effort, Path folder) {
        this.effort = effort;
        this.folder = folder;
    }

    private static Map<String, Part> parts() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("rates", new LineRates(DeviceKind.FIRMWARE));
        parts.put("simulator", new LineRates(DeviceKind.SIMULATOR));
        parts.put("usb", new UsbLatency());
        parts.put("streams", new StreamCounts());
        parts.put("small", new SmallMessageRates());
        parts.put("errors", new ErrorRates());
        parts.put("trips", new PingTimes());
        parts.put("plain", new StopAndWait());
        parts.put("cost", new Costs());
        parts.put("sizes", new TransferSizes());
        parts.put("sockets", new SocketScale());
        parts.put("lines", new LineScale());
        parts.put("reference", new Reference());
        return parts;
    }

    /** Runs the parts that are named, or all. */
    public static void main(String[] arguments) throws Exception {
        Effort effort = Effort.LONG;
        Path folder = Path.of("benchmarks", "results");
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
                        wrong("no part of the link benchmark: " + arguments[i]);
                    }
                    wanted.add(arguments[i]);
                }
            }
        }
        new LinkBenchmark(effort, folder).run(wanted.isEmpty() ? PARTS.keySet() : wanted);
    }

    private static void wrong(String what) {
        System.err.println(
                what + " (parts: " + String.join(", ", PARTS.keySet()) + "; options: --short, --out FOLDER)");
        System.exit(2);
    }

    static Set<String> partNames() {
        return PARTS.keySet();
    }

    /** Runs parts, one after the other; a part that fails does not keep the others from running. */
    void run(Set<String> names) throws Exception {
        String micropython = warmUp();
        Exception failure = null;
        for (String name : names) {
            try {
                measure(name, micropython);
            } catch (Exception e) {
                System.err.println("part " + name + " failed: " + e);
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void measure(String name, @Nullable String micropython) throws Exception {
        Machine machine = Machine.here(micropython);
        String start = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Run run = new Run(effort);
        Part part = PARTS.get(name);
        if (part == null) {
            throw new IllegalArgumentException("no part of the link benchmark: " + name);
        }
        part.measure(run);
        String how = "benchmarks/run " + (effort.isShort() ? "--short " : "") + name + ": the JVM warmed up with "
                + (effort.isShort() ? "a moment" : "30 MB") + ", each rig with a transfer; " + effort.repetitions()
                + " repetitions of about " + effort.seconds() + " s; value is their median";
        Path file = folder.resolve("link-" + name + ".json");
        new Results("Link: " + name, start, commit(), how, machine, run.figures(), run.series()).write(file);
        System.err.println(file);
    }

    /** Returns the firmware's interpreter. */
    private @Nullable String warmUp() throws IOException {
        try (Rig rig = new Rig(DeviceKind.SIMULATOR, 0)) {
            long bytes = effort.isShort() ? 100_000 : WARM_UP_BYTES;
            rig.transfer(bytes, bytes);
        }
        try (Rig rig = new Rig(DeviceKind.FIRMWARE, 0)) {
            var info = rig.client().info().block();
            return info == null ? null : info.python();
        }
    }

    /** Returns the checkout's commit, with a plus if there is more than that. */
    private static @Nullable String commit() {
        String hash = git(List.of("rev-parse", "--short", "HEAD"));
        String changes = git(List.of(
                "status",
                "--porcelain",
                "--untracked-files=no",
                "--",
                ".",
                ":!benchmarks/results",
                ":!benchmarks/report"));
        return hash == null ? null : changes == null || changes.isEmpty() ? hash : hash + "+";
    }

    private static @Nullable String git(List<String> arguments) {
        String[] command = new String[arguments.size() + 1];
        command[0] = "git";
        System.arraycopy(arguments.toArray(), 0, command, 1, arguments.size());
        try {
            Process process = new ProcessBuilder(Arrays.asList(command))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : null;
        } catch (IOException noGit) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
