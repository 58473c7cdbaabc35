package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Growth;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.Board;
import dev.uartnet.benchmarks.rig.ClosingStack;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.HostCost;
import dev.uartnet.benchmarks.rig.LiveHeap;
import dev.uartnet.benchmarks.rig.Loops;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.proxy.ProxyClient;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Cost as the lines of one process grow: 1, 8, 64, 256 simulators behind pseudo terminals, whose hosts share one event loop and, together, move the same bytes. The lines have no
 * speed: to simulate 256 of them would take more of this machine than what is measured.
 */
final class LineScale implements Part {
    private static final String GROUP = "Scale: lines";
    private static final int[] COUNTS = {1, 8, 64, 256};
    private static final long BYTES = 20_000_000;

    @Override
    public String how(Effort effort) {
        return "a transfer to warm up; " + effort.repetitions() + " repetitions of " + bytes(effort, 1) / 1e6
                + " MB on all lines together, at least " + bytesMin(effort) / 1_000
                + " KB on each; value is their median";
    }

    /** Returns the bytes of one of so many lines. */
    private static long bytes(Effort effort, int lines) {
        return Math.max(bytesMin(effort), Math.min(BYTES, effort.bytesMax() / 5) / lines);
    }

    /** Of a line: of less, connecting and closing would be the greater part. */
    private static long bytesMin(Effort effort) {
        return effort.bytesMax() / 500;
    }

    @Override
    public void measure(Run run) throws Exception {
        Growth growth = new Growth("host CPU a MB", "lines");
        for (int count : COUNTS) {
            if (count <= run.effort().linesMax()) {
                growth.add(count, measure(run, count));
            }
        }
        growth.drawInto(
                run, "Host CPU a MB against lines in one process", "hosts on one event loop", "host CPU", "ms/MB");
        growth.addTo(run, GROUP, "simulator", "host");
    }

    /** Returns the CPU time of the hosts, in ms a MB. */
    private static double measure(Run run, int count) throws Exception {
        String where = "of " + count + (count == 1 ? " line" : " lines") + ", unpaced, simulator";
        try (Lines lines = new Lines()) {
            long heap = LiveHeap.bytes();
            lines.open(count);
            double memory = (double) (LiveHeap.bytes() - heap) / count;
            int threads = HostCost.now(-1).threads();
            long bytes = bytes(run.effort(), count);
            lines.transfer(bytes);
            double[] cpu = new double[run.effort().repetitions()];
            double[] rates = new double[cpu.length];
            double[] slowest = new double[cpu.length];
            for (int i = 0; i < cpu.length; i++) {
                HostCost before = HostCost.now(-1);
                long start = System.nanoTime();
                slowest[i] = lines.transfer(bytes);
                rates[i] = bytes * count * 1e3 / (System.nanoTime() - start);
                cpu[i] = HostCost.now(-1).since(before).cpuNanos() / 1e6 / (bytes * count / 1e6);
            }
            run.add(Figure.of(GROUP, "down, all at once, " + where, "MB/s", Repetitions.of(rates)));
            run.add(Figure.of(GROUP, "the slowest " + where, "% of the mean", Repetitions.of(slowest)));
            Repetitions costs = Repetitions.of(cpu);
            run.add(Figure.of(GROUP, "host CPU a MB " + where, "ms/MB", costs));
            run.add(Figure.of(GROUP, "memory of one, its client and its device, " + where, "bytes", memory)
                    .note("Java objects but byte arrays"));
            run.add(Figure.of(GROUP, "threads of all hosts, " + where, "threads", threads));
            return costs.median();
        }
    }

    /** Lines that are open at the same time. */
    private static final class Lines implements AutoCloseable {
        private final ClosingStack closing = new ClosingStack();
        private final EventLoopGroup group = Loops.host();
        private final List<ProxyClient> clients = new ArrayList<>();
        private final InetSocketAddress server;

        Lines() {
            closing.push(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
            server = Rig.server(closing);
        }

        void open(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                Board board = closing.push(Board.of(DeviceKind.SIMULATOR, 0).start());
                ProxyClient client = Objects.requireNonNull(ProxyClient.connector()
                        .port(board.path())
                        .runOn(group)
                        .baudRate(board.speed())
                        .noReconnect()
                        .connect()
                        .retryWhen(Rig.whilePortsClose())
                        .block(Duration.ofSeconds(30)));
                clients.add(client);
                closing.push(() -> client.close().block(Duration.ofSeconds(5)));
            }
        }

        /** Moves so many bytes down each line; returns the rate of the slowest one, in per cent of their mean. */
        double transfer(long bytes) throws Exception {
            List<CompletableFuture<Goodput>> all = new ArrayList<>();
            for (ProxyClient client : clients) {
                all.add(Goodput.measure(client.bootstrap(group), server, bytes, 0));
            }
            double slowest = Double.POSITIVE_INFINITY;
            double sum = 0;
            for (CompletableFuture<Goodput> one : all) {
                double rate = bytes * 1e9 / one.get(2, TimeUnit.MINUTES).downNanos();
                slowest = Math.min(slowest, rate);
                sum += rate;
            }
            return 100 * slowest / (sum / all.size());
        }

        @Override
        public void close() throws IOException {
            closing.close();
        }
    }
}
