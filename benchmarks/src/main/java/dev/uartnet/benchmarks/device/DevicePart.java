package dev.uartnet.benchmarks.device;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.uartnet.benchmarks.part.Checkout;
import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a KB forwarded costs on the device, beside a plain interpreted co-processor; and the least heap that it needs. */
public final class DevicePart implements Part {
    private static final String COST = "Device: CPU a KB forwarded";
    private static final String HEAP = "Device: the least heap";
    private static final double CHEAPER_WANTED = 5;
    private static final double HEAP_WANTED_KB = 80;
    private static final int HEAP_WANTED_SOCKETS = 8;
    private static final double KILO = 1e3;
    private static final int BYTES_A_KB = 1_024;
    private static final Gson GSON = new Gson();

    @Override
    public String how(Effort effort) {
        return "esp32/plain/cost " + String.join(" ", costOptions(effort))
                + ": an eighth of the bytes to warm up, then all, " + effort.repetitions()
                + " times; value is the median. esp32/unix/least-heap: a search to 1 KB, three starts in a row that succeed";
    }

    private static List<String> costOptions(Effort effort) {
        return effort.isShort() ? List.of("--bits", "64", "--kb", "64") : List.of("--kb", "4096");
    }

    @Override
    public void measure(Run run) throws Exception {
        cost(run);
        if (run.effort().isShort()) {
            heap(run, "--channels", "1", "--at", "200");
        } else {
            heap(run);
            heap(run, "--mpy");
        }
    }

    private static List<JsonObject> lines(String program, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.root().resolve(program).toString());
        command.addAll(options);
        return Checkout.said(command)
                .lines()
                .map(line -> GSON.fromJson(line, JsonObject.class))
                .toList();
    }

    /** Microseconds a KB, by what they are of. */
    private static void cost(Run run) throws IOException, InterruptedException {
        Map<String, List<Double>> costs = new LinkedHashMap<>();
        Map<String, List<Double>> gains = new LinkedHashMap<>();
        for (int i = 0; i < run.effort().repetitions(); i++) {
            Map<String, Double> uartnet = new LinkedHashMap<>();
            for (JsonObject line : lines("esp32/plain/cost", costOptions(run.effort()))) {
                boolean down = line.get("direction").getAsString().equals("host_to_network");
                String where = (down ? "host to network, " : "network to host, ")
                        + line.get("bits").getAsString() + " bits";
                double micros = line.get("cpu_ns_per_kb").getAsDouble() / KILO;
                String subject = line.get("subject").getAsString();
                costs.computeIfAbsent(where + ", " + subject, unused -> new ArrayList<>())
                        .add(micros);
                if (subject.equals("uartnet")) {
                    uartnet.put(where, micros);
                } else {
                    Double ours = uartnet.get(where);
                    if (ours == null) {
                        throw new IOException("esp32/plain/cost has measured the plain co-processor only: " + where);
                    }
                    gains.computeIfAbsent(where, unused -> new ArrayList<>()).add(micros / ours);
                }
            }
        }
        costs.forEach((name, values) -> run.add(Figure.of(COST, name, "us/KB", Repetitions.of(values))));
        gains.forEach((name, values) ->
                run.add(Figure.of(COST, "plain co-processor against uartnet, " + name, "times", Repetitions.of(values))
                        .atLeast(CHEAPER_WANTED)
                        .limit("device: what its interpreter and the kernel take for a KB")));
    }

    private static void heap(Run run, String... options) throws IOException, InterruptedException {
        for (JsonObject line : lines("esp32/unix/least-heap", List.of(options))) {
            int sockets = line.get("sockets").getAsInt();
            boolean mpy = line.get("form").getAsString().equals("mpy");
            long kilobytes = line.get("heap_kb").getAsLong();
            long used = kilobytes * BYTES_A_KB - line.get("free_at_start").getAsLong();
            String where = String.format(
                    Locale.ROOT,
                    "%,d bytes of it are used before the first socket, %,d bytes are free with all of them",
                    used,
                    line.get("free_with_sockets").getAsLong());
            Figure figure = Figure.of(
                    HEAP,
                    (mpy ? "as .mpy, " : "as source, ") + sockets + (sockets == 1 ? " socket" : " sockets"),
                    "KB",
                    kilobytes);
            run.add(
                    mpy && sockets == HEAP_WANTED_SOCKETS
                            ? figure.atMost(HEAP_WANTED_KB).limit("device: " + where)
                            : figure.note(where));
        }
    }
}
