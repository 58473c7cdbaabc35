package dev.uartnet.benchmarks.port;

import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many open ports on one event loop thread, some of them busy both ways at a line's speed: CPU, threads and garbage. The far end paces what it sends; this end sends
 * a frame whenever the line would have room for it, as a pseudo terminal has no speed.
 */
final class ManyPorts {
    private static final String LIMIT = "host: only this end is counted";
    private static final int BYTES_PER_SECOND = 92_160; // 921,600 baud
    /** What a UART or an adapter hands over at a time. */
    private static final int TICK_MICROS = 2_000;

    private static final int FRAME = 1_024;

    private final Path program;
    private final int ports;
    private final int busy;
    private final Duration duration;
    private final int rounds;

    ManyPorts(Path program, int ports, int busy, Duration duration, int rounds) {
        this.program = program;
        this.ports = ports;
        this.busy = busy;
        this.duration = duration;
        this.rounds = rounds;
    }

    void run(Run run) throws Exception {
        for (Way way : Way.values()) {
            if (way.isAvailable()) {
                Results results = new Results();
                for (int round = -1; round < rounds; round++) { // the first is the warm-up
                    run(way, round < 0 ? new Results() : results);
                }
                String group =
                        "Port: " + ports + " open, " + busy + " busy at 921,600 baud both ways, one event loop thread";
                if (way == Way.EPOLL) {
                    run.add(Figure.of(
                                    group,
                                    way.title + ": CPU of loop and ports",
                                    "cores",
                                    Repetitions.of(results.cores))
                            .atMost(1)
                            .limit(LIMIT));
                    run.add(Figure.of(
                                    group,
                                    way.title + ": threads of the ports",
                                    "threads",
                                    Repetitions.of(results.threads))
                            .atMost(0)
                            .limit(LIMIT));
                } else {
                    run.add(Figure.of(
                            group, way.title + ": CPU of loop and ports", "cores", Repetitions.of(results.cores)));
                    run.add(Figure.of(
                            group, way.title + ": threads of the ports", "threads", Repetitions.of(results.threads)));
                }
                run.add(Figure.of(group, way.title + ": of the rate, in", "% of the line", Repetitions.of(results.in)));
                run.add(Figure.of(
                        group, way.title + ": of the rate, out", "% of the line", Repetitions.of(results.out)));
                run.add(Figure.of(
                        group, way.title + ": allocated a megabyte", "bytes/MB", Repetitions.of(results.allocated)));
            }
        }
    }

    private static final class Results {
        final List<Double> cores = new ArrayList<>();
        final List<Double> threads = new ArrayList<>();
        final List<Double> in = new ArrayList<>();
        final List<Double> out = new ArrayList<>();
        final List<Double> allocated = new ArrayList<>();
    }

    private void run(Way way, Results results) throws Exception {
        try (FarEnd far = FarEnd.start(
                program,
                "lines",
                Integer.toString(ports),
                Integer.toString(busy),
                Integer.toString(BYTES_PER_SECOND),
                Integer.toString(TICK_MICROS))) {
            EventLoopGroup loop = way.newLoop();
            List<Channel> channels = open(loop, far);
            awaitNoOpeners();
            int threads = ThreadCosts.of(name -> name.startsWith("uart-")).threads();

            List<Sender> senders = new ArrayList<>();
            ThreadCosts before = ThreadCosts.of(ThreadCosts::isPortsOrLoops);
            long start = System.nanoTime();
            far.signal();
            loop.next()
                    .submit(() -> {
                        for (Channel channel : channels.subList(0, busy)) {
                            senders.add(channel.pipeline().get(Sender.class));
                        }
                        senders.forEach(Sender::begin);
                    })
                    .sync();
            Moved moved = loop.next()
                    .schedule(() -> stop(senders, start), duration.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            ThreadCosts costs = ThreadCosts.of(ThreadCosts::isPortsOrLoops).since(before);

            double wanted = (double) BYTES_PER_SECOND * busy * moved.seconds();
            results.cores.add(costs.cpuNanos() / 1e9 / moved.seconds());
            results.threads.add((double) threads);
            results.in.add(100 * moved.received() / wanted);
            results.out.add(100 * moved.sent() / wanted);
            results.allocated.add(costs.allocatedBytes() * 1e6 / (moved.received() + moved.sent()));
            for (Channel channel : channels) {
                channel.close();
            }
            for (Channel channel : channels) {
                channel.closeFuture().sync();
            }
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    /** What has passed in how long: one look at all of them. */
    private record Moved(double seconds, long received, long sent) {}

    /** On the event loop, so that nothing passes between the clock and the counters. */
    private static Moved stop(List<Sender> senders, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        long received = 0;
        long sent = 0;
        for (Sender sender : senders) {
            sender.stop = true;
            received += sender.received;
            sent += sender.sent;
        }
        return new Moved(seconds, received, sent);
    }

    private List<Channel> open(EventLoopGroup loop, FarEnd far) throws Exception {
        List<ChannelFuture> opening = new ArrayList<>();
        for (int i = 0; i < ports; i++) {
            opening.add(Way.connect(loop, far.line(), new Sender()));
        }
        List<Channel> channels = new ArrayList<>();
        for (ChannelFuture each : opening) {
            channels.add(each.sync().channel());
        }
        return channels;
    }

    private static void awaitNoOpeners() {
        while (ThreadCosts.of(name -> name.startsWith("uart-open-")).threads() > 0) {
            Thread.onSpinWait();
        }
    }

    /** Sends frames at the line's rate once told to, and counts. */
    private static final class Sender extends ChannelInboundHandlerAdapter {
        private static final long FRAME_NANOS = 1_000_000_000L * FRAME / BYTES_PER_SECOND;

        private long received;
        private long sent;
        private long next;
        private boolean stop;
        private final Runnable sendTask = this::send;
        private ChannelHandlerContext context;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            this.context = context;
        }

        /** A frame counts when the line has had the time for it: the first one behind that. */
        void begin() {
            next = System.nanoTime() + FRAME_NANOS;
            send();
        }

        private void send() {
            while (!stop && System.nanoTime() - next >= 0) {
                next += FRAME_NANOS;
                if (context.channel().isWritable()) {
                    sent += FRAME;
                    context.writeAndFlush(context.alloc().ioBuffer(FRAME).writeZero(FRAME), context.voidPromise());
                }
            }
            if (!stop) {
                context.executor().schedule(sendTask, next - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            received += buffer.readableBytes();
            buffer.release();
        }
    }
}
