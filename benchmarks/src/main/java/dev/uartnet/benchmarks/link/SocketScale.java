package dev.uartnet.benchmarks.link;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.Series;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Cost as the sockets on one line grow: 1, 8, 64, 512 that share the same bytes; and the memory of an idle one. */
final class SocketScale implements Part {
    private static final String GROUP = "Scale: sockets";
    private static final int[] FIRMWARE = {1, 8, 64, 256};
    private static final int[] SIMULATOR = {1, 8, 64, 512};
    private static final int BAUD = 3_000_000;
    /** The least that a socket of many moves. */
    private static final int BYTES_MIN = 2_000;

    /** Worse than linear would be a cost a MB that grows with the sockets. */
    private static final double GROWTH_WANTED = 1.5;

    @Override
    public void measure(Run run) throws Exception {
        measure(run, DeviceKind.FIRMWARE, FIRMWARE);
        measure(run, DeviceKind.SIMULATOR, SIMULATOR);
    }

    private static void measure(Run run, DeviceKind kind, int[] counts) throws Exception {
        List<double[]> points = new ArrayList<>();
        for (int sockets : counts) {
            if (sockets <= run.effort().socketsMax()) {
                try (Rig rig = new Rig(kind, BAUD, 0, sockets + 2)) {
                    points.add(new double[] {sockets, measure(run, rig, kind, sockets)});
                    if (sockets > 1) {
                        memory(run, rig, kind, sockets);
                    }
                }
            }
        }
        run.add(new Series(
                "Host CPU a MB against sockets on one line",
                kind.word,
                "sockets",
                "",
                "host CPU",
                "ms/MB",
                true,
                false,
                points));
        if (points.size() > 1) {
            double[] last = points.get(points.size() - 1);
            run.add(Figure.of(
                            GROUP,
                            "host CPU a MB with " + (int) last[0] + " sockets against one, " + kind.word,
                            "times",
                            last[1] / points.get(0)[1])
                    .atMost(GROWTH_WANTED));
        }
    }

    /** Returns the CPU time of the host, in ms a MB. */
    private static double measure(Run run, Rig rig, DeviceKind kind, int sockets) throws Exception {
        long all = Math.max(20_000, (long) (rig.lineRate() * run.effort().seconds() * 2));
        rig.transfer(all, 0);
        long each = Math.max(BYTES_MIN, all / sockets);
        HostCost before = HostCost.now(rig.devicePid());
        long start = System.nanoTime();
        List<CompletableFuture<Goodput>> transfers = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            transfers.add(Goodput.measure(rig.sockets(), rig.server(), each, 0));
        }
        for (CompletableFuture<Goodput> transfer : transfers) {
            transfer.get(2, TimeUnit.MINUTES);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        HostCost cost = HostCost.now(rig.devicePid()).since(before);
        double megabytes = (double) each * sockets / 1e6;
        String where = sockets + " sockets, " + kind.word + ", 3,000,000 baud";
        run.add(Figure.of(
                GROUP,
                "down together, connecting and closing included, " + where,
                "% of the line",
                100 * megabytes * 1e6 / seconds / rig.lineRate()));
        double cpu = cost.cpuNanos() / 1e6 / megabytes;
        run.add(Figure.of(GROUP, "host CPU a MB, " + where, "ms/MB", cpu));
        return cpu;
    }

    private static void memory(Run run, Rig rig, DeviceKind kind, int sockets) {
        // What the first ones make that stays is not theirs.
        close(open(rig, sockets));
        long before = usedHeap();
        long deviceBefore = heapFree(rig);
        List<Channel> open = open(rig, sockets);
        try {
            double each = (double) (usedHeap() - before) / sockets;
            String where = "of one of " + sockets + " idle sockets, " + kind.word;
            run.add(Figure.of(GROUP, "memory " + where, "bytes", each)
                    .note("Java heap; the server's end of it"
                            + (kind == DeviceKind.SIMULATOR ? " and the device's" : "") + " included"));
            if (kind == DeviceKind.FIRMWARE) {
                double device = (double) (deviceBefore - heapFree(rig)) / sockets;
                run.add(Figure.of(GROUP, "memory on the device " + where, "bytes", device)
                        .note("64 bits; garbage included"));
            }
        } finally {
            close(open);
        }
    }

    private static List<Channel> open(Rig rig, int sockets) {
        List<Channel> open = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            open.add(rig.sockets()
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(rig.server())
                    .syncUninterruptibly()
                    .channel());
        }
        return open;
    }

    private static void close(List<Channel> open) {
        open.forEach(channel -> channel.close().syncUninterruptibly());
    }

    private static long heapFree(Rig rig) {
        Long free = Objects.requireNonNull(rig.client().info().block()).heapFree();
        return free == null ? 0 : free;
    }

    /** Returns the bytes of the Java heap that are in use, after a collection. */
    static long usedHeap() {
        System.gc();
        System.gc(); // what the first one has only enqueued
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
