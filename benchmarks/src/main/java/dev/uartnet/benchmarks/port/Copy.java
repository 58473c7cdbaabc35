package dev.uartnet.benchmarks.port;

import com.fazecast.jSerialComm.SerialPort;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** CPU seconds (user and system) that a megabyte costs this end, one way at a time, as fast as a pseudo terminal goes. */
final class Copy {
    private static final String LIMIT = "host: only this end's CPU time is counted";
    private static final int CHUNK = 4096;

    private final Path program;
    private final long bytes;
    private final int rounds;

    Copy(Path program, long bytes, int rounds) {
        this.program = program;
        this.bytes = bytes;
        this.rounds = rounds;
    }

    void run(Run run) throws Exception {
        for (boolean out : new boolean[] {true, false}) {
            List<Double> raw = new ArrayList<>();
            List<Double> blocking = new ArrayList<>();
            List<List<Double>> channels = new ArrayList<>();
            List<List<Double>> garbage = new ArrayList<>();
            for (int i = 0; i < Way.values().length; i++) {
                channels.add(new ArrayList<>());
                garbage.add(new ArrayList<>());
            }
            for (int round = -1; round < rounds; round++) { // the first is the warm-up
                List<Double> ignored = new ArrayList<>();
                try (FarEnd far = FarEnd.start(program, out ? "sink" : "source")) {
                    String path = far.line();
                    (round < 0 ? ignored : raw).add(perMegabyte(rawC(path, out)));
                    (round < 0 ? ignored : blocking).add(perMegabyte(blocking(path, out)));
                    for (Way way : Way.values()) {
                        if (way.isAvailable()) {
                            ThreadCosts costs = channel(way, path, out);
                            (round < 0 ? ignored : channels.get(way.ordinal())).add(perMegabyte(costs.cpuNanos()));
                            (round < 0 ? ignored : garbage.get(way.ordinal()))
                                    .add(costs.allocatedBytes() * 1e6 / bytes);
                        }
                    }
                }
            }
            String group = "Port: CPU of this end a megabyte, " + (out ? "sending" : "receiving");
            run.add(Figure.of(group, "raw C", "ms/MB", Repetitions.of(raw)));
            run.add(Figure.of(group, "jSerialComm, blocking loop", "ms/MB", Repetitions.of(blocking)));
            double reference = Repetitions.of(blocking).median();
            for (Way way : Way.values()) {
                List<Double> costs = channels.get(way.ordinal());
                if (!costs.isEmpty()) {
                    run.add(Figure.of(group, way.title, "ms/MB", Repetitions.of(costs)));
                    run.add(Figure.of(
                            group, way.title + ", allocated", "bytes/MB", Repetitions.of(garbage.get(way.ordinal()))));
                    List<Double> ratios = costs.stream().map(c -> c / reference).toList();
                    run.add(Figure.of(group, way.title + " / jSerialComm", "times", Repetitions.of(ratios))
                            .atMost(2)
                            .limit(
                                    way == Way.THREADS
                                            ? LIMIT + "; each chunk passes from the event loop to the port's thread"
                                            : LIMIT));
                }
            }
        }
    }

    private double perMegabyte(long nanos) {
        return nanos / 1e6 * (1e6 / bytes);
    }

    private long rawC(String path, boolean out) throws IOException {
        try (FarEnd near = FarEnd.start(program, out ? "write" : "read", path, Long.toString(bytes))) {
            return near.numbers()[0];
        }
    }

    private long blocking(String path, boolean out) throws Exception {
        CompletableFuture<Long> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        SerialPort port = Blocking.open(path);
                        byte[] chunk = new byte[CHUNK];
                        ThreadCosts before = ThreadCosts.of(Way.LOOP_THREAD::equals);
                        for (long left = bytes; left > 0; ) {
                            int size = (int) Math.min(left, CHUNK);
                            left -= Blocking.check(out ? port.writeBytes(chunk, size) : port.readBytes(chunk, size));
                        }
                        ThreadCosts after = ThreadCosts.of(Way.LOOP_THREAD::equals);
                        port.closePort();
                        result.complete(after.since(before).cpuNanos());
                    } catch (Throwable t) {
                        result.completeExceptionally(t);
                    }
                },
                Way.LOOP_THREAD);
        thread.start();
        long nanos = result.get();
        thread.join();
        return nanos;
    }

    private ThreadCosts channel(Way way, String path, boolean out) throws Exception {
        EventLoopGroup loop = way.newLoop();
        Flow flow = out ? new Outflow(bytes) : new Flow(bytes);
        Channel channel = Way.connect(loop, path, flow).sync().channel();
        ThreadCosts costs = flow.done.get();
        channel.close().sync();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        return costs;
    }

    /** Takes what comes. */
    private static class Flow extends ChannelInboundHandlerAdapter {
        final CompletableFuture<ThreadCosts> done = new CompletableFuture<>();
        private ThreadCosts start = new ThreadCosts(0, 0, 0);
        private long left;

        Flow(long bytes) {
            left = bytes;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            start = ThreadCosts.of(ThreadCosts::isPortsOrLoops);
        }

        void moved(long count) {
            left -= count;
            if (left <= 0 && !done.isDone()) {
                done.complete(ThreadCosts.of(ThreadCosts::isPortsOrLoops).since(start));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            int count = buffer.readableBytes();
            buffer.release();
            moved(count);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            done.completeExceptionally(cause);
        }
    }

    /** Sends chunks while the channel is writable. */
    private static final class Outflow extends Flow {
        private final long bytes;
        private long unsent;

        Outflow(long bytes) {
            super(bytes);
            this.bytes = bytes;
            unsent = bytes;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            super.channelActive(context);
            send(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            send(context);
        }

        private void send(ChannelHandlerContext context) {
            while (unsent > 0 && context.channel().isWritable()) {
                int size = (int) Math.min(unsent, CHUNK);
                unsent -= size;
                ByteBuf chunk = context.alloc().ioBuffer(size).writeZero(size);
                if (unsent > 0) {
                    context.write(chunk, context.voidPromise()); // the user makes no garbage here
                    continue;
                }
                context.write(chunk).addListener(future -> {
                    if (future.isSuccess()) {
                        moved(bytes);
                    } else {
                        done.completeExceptionally(future.cause());
                    }
                });
            }
            context.flush();
        }
    }
}
