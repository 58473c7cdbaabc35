package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Growth;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.HostCost;
import dev.uartnet.benchmarks.rig.LiveHeap;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.Repetitions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Cost as the sockets on one line grow: 1, 8, 64, 512 that share the same bytes; and the memory of an idle one. */
final class SocketScale implements Part {
    private static final String GROUP = "Scale: sockets";
    private static final int[] FIRMWARE = {1, 8, 64, 256};
    private static final int[] SIMULATOR = {1, 8, 64, 512};
    private static final int BAUD = 3_000_000;
    /** At a time: the firmware refuses more than 64 requests at once. */
    private static final int CONNECTING_MAX = 32;

    /** The least that a socket of many moves. */
    private static final int BYTES_MIN = 2_000;

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds());
    }

    @Override
    public void measure(Run run) throws Exception {
        measure(run, DeviceKind.FIRMWARE, FIRMWARE);
        measure(run, DeviceKind.SIMULATOR, SIMULATOR);
    }

    private static void measure(Run run, DeviceKind kind, int[] counts) throws Exception {
        Growth growth = new Growth("host CPU a MB", "sockets");
        for (int sockets : counts) {
            if (sockets <= run.effort().socketsMax()) {
                try (Rig rig = new Rig(Board.of(kind, BAUD).channels(sockets + 2))) {
                    growth.add(sockets, measure(run, rig, kind, sockets));
                    if (sockets > 1) {
                        memory(run, rig, kind, sockets);
                    }
                }
            }
        }
        growth.drawInto(run, "Host CPU a MB against sockets on one line", kind.word(), "host CPU", "ms/MB");
        growth.addTo(run, GROUP, kind.word(), "host: a connection's opening and closing, beside its few bytes");
    }

    /** Returns the CPU time of the host, in ms a MB. */
    private static double measure(Run run, Rig rig, DeviceKind kind, int sockets) throws Exception {
        long all =
                Math.max(20_000, (long) (rig.board().lineRate() * run.effort().seconds()));
        rig.transfer(all, 0);
        long each = Math.max(BYTES_MIN, all / sockets);
        double megabytes = (double) each * sockets / 1e6;
        double[] cpu = new double[run.effort().repetitions()];
        String where = sockets + (sockets == 1 ? " socket, " : " sockets, ") + kind.word() + ", 3,000,000 baud";
        int[] repetition = {0};
        Semaphore connecting = new Semaphore(CONNECTING_MAX);
        new Shares(run, rig, GROUP)
                .add("down together, connecting and closing included, " + where, Direction.DOWN, 0, () -> {
                    HostCost before = HostCost.now(-1);
                    long start = System.nanoTime();
                    List<CompletableFuture<Goodput>> transfers = new ArrayList<>();
                    for (int i = 0; i < sockets; i++) {
                        connecting.acquire();
                        transfers.add(Goodput.measure(rig.sockets(), rig.server(), each, 0, connecting::release));
                    }
                    for (CompletableFuture<Goodput> transfer : transfers) {
                        transfer.get(2, TimeUnit.MINUTES);
                    }
                    double seconds = (System.nanoTime() - start) / 1e9;
                    cpu[repetition[0]++] = HostCost.now(-1).since(before).cpuNanos() / 1e6 / megabytes;
                    return megabytes * 1e6 / seconds;
                });
        Repetitions costs = Repetitions.of(cpu);
        run.add(Figure.of(GROUP, "host CPU a MB, " + where, "ms/MB", costs));
        return costs.median();
    }

    private static void memory(Run run, Rig rig, DeviceKind kind, int sockets) {
        close(open(rig, sockets)); // what the first ones make that stays is not theirs
        int repetitions = run.effort().repetitions();
        double[] host = new double[repetitions];
        double[] device = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            long before = LiveHeap.bytes();
            long deviceBefore = heapFree(rig);
            List<Channel> open = open(rig, sockets);
            try {
                host[i] = (double) (LiveHeap.bytes() - before) / sockets;
                device[i] = (double) (deviceBefore - heapFree(rig)) / sockets;
            } finally {
                close(open);
            }
        }
        String where = "of one of " + sockets + " idle sockets, " + kind.word();
        run.add(Figure.of(GROUP, "memory " + where, "bytes", Repetitions.of(host))
                .note("Java objects but byte arrays; the server's end of it"
                        + (kind == DeviceKind.SIMULATOR ? " and the device's" : "") + " included"));
        if (kind == DeviceKind.FIRMWARE) {
            run.add(Figure.of(GROUP, "memory on the device " + where, "bytes", Repetitions.of(device))
                    .note("64 bits; garbage included"));
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
}
