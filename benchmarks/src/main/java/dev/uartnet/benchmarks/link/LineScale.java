package dev.uartnet.benchmarks.link;

import com.sun.management.OperatingSystemMXBean;
import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.SerialLine;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.PatternServer;
import dev.uartnet.measure.Series;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Cost as the lines of one process grow: 1, 8, 64, 256 simulators behind lines in memory, whose hosts share one event loop. */
final class LineScale implements Part {
    private static final String GROUP = "Scale: lines";
    private static final int[] COUNTS = {1, 8, 64, 256};
    /** So that 256 lines carry no more together than one core can move. */
    private static final int BAUD = 115_200;

    private static final double GROWTH_WANTED = 1.5;

    @Override
    public void measure(Run run) throws Exception {
        List<double[]> points = new ArrayList<>();
        try (Lines warmUp = new Lines()) {
            warmUp.open(8);
            warmUp.transfer(100_000);
        }
        for (int lines : COUNTS) {
            if (lines <= run.effort().linesMax()) {
                points.add(new double[] {lines, measure(run, lines)});
            }
        }
        run.add(new Series(
                "CPU a MB against lines in one process",
                "the whole process: hosts, simulators and lines",
                "lines",
                "",
                "CPU",
                "ms/MB",
                true,
                false,
                points));
        double[] last = points.get(points.size() - 1);
        run.add(Figure.of(
                        GROUP,
                        "CPU a MB with " + (int) last[0] + " lines against 8",
                        "times",
                        last[1] / points.get(1)[1])
                .atMost(GROWTH_WANTED)
                .note("of the whole process: hosts, simulators, lines and server"));
    }

    private static double measure(Run run, int count) throws Exception {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (Lines lines = new Lines()) {
            long heap = SocketScale.usedHeap();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            lines.open(count);
            double memory = (double) (SocketScale.usedHeap() - heap) / count;
            double each = (double) (ManagementFactory.getThreadMXBean().getThreadCount() - threads) / count;
            long bytes = (long) Math.max(3_000, BAUD / 10 * run.effort().seconds() * 2);
            long cpu = system.getProcessCpuTime();
            double slowest = lines.transfer(bytes);
            double millis = (system.getProcessCpuTime() - cpu) / 1e6 / (bytes / 1e6 * count);
            String where = count + " lines at 115,200 baud, simulator";
            run.add(Figure.of(
                            GROUP,
                            "down, all at once, the slowest of " + where,
                            "% of the line",
                            100 * slowest / (BAUD / 10.0))
                    .atLeast(95));
            run.add(Figure.of(GROUP, "CPU a MB of the whole process, " + where, "ms/MB", millis));
            run.add(Figure.of(GROUP, "memory of a line, its client and its device, of " + where, "bytes", memory));
            run.add(Figure.of(GROUP, "threads of a line, its client and its device, of " + where, "threads", each)
                    .note("four of them are the simulated line's, and up to three the simulated device's"));
            return millis;
        }
    }

    /** Lines that are open at the same time. */
    private static final class Lines implements AutoCloseable {
        private final Deque<AutoCloseable> closing = new ArrayDeque<>();
        private final EventLoopGroup group = Rig.group("host");
        private final EventLoopGroup servers = Rig.group("server");
        private final List<ProxyClient> clients = new ArrayList<>();
        private final InetSocketAddress server;

        Lines() {
            server = (InetSocketAddress)
                    PatternServer.listen(servers, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .syncUninterruptibly()
                            .channel()
                            .localAddress();
        }

        void open(int count) throws Exception {
            for (int i = 0; i < count; i++) {
                MemoryPort.Pair near = MemoryPort.pair(4_096);
                MemoryPort.Pair far = MemoryPort.pair(4_096);
                closing.push(SerialLine.between(near.b(), far.a()).baud(BAUD).start());
                closing.push(VirtualEsp32.builder()
                        .link(LinkConfig.device().withBaudRate(BAUD))
                        .start(far.b()));
                Bootstrap port = new Bootstrap().group(group).channelFactory(() -> new UartChannel(near.a()));
                ProxyClient client = Objects.requireNonNull(ProxyClient.connector()
                        .runOn(group)
                        .baudRate(BAUD)
                        .noReconnect()
                        .connect(port, new UartAddress("line"))
                        .block(Duration.ofSeconds(30)));
                clients.add(client);
                closing.push(() -> client.close().block(Duration.ofSeconds(5)));
            }
        }

        /** Moves so many bytes down each line; returns the bytes a second of the slowest one. */
        double transfer(long bytes) throws Exception {
            List<CompletableFuture<Goodput>> all = new ArrayList<>();
            for (ProxyClient client : clients) {
                all.add(Goodput.measure(client.bootstrap(group), server, bytes, 0));
            }
            double slowest = Double.POSITIVE_INFINITY;
            for (CompletableFuture<Goodput> one : all) {
                slowest = Math.min(slowest, one.get(2, TimeUnit.MINUTES).down());
            }
            return slowest;
        }

        @Override
        public void close() throws IOException {
            while (!closing.isEmpty()) {
                try {
                    closing.pop().close();
                } catch (Exception e) {
                    throw new IOException("a line does not close", e);
                }
            }
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            servers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
