package dev.uartnet.benchmarks.port;

import com.fazecast.jSerialComm.SerialPort;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.transport.UartChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** 16 bytes there and back over a pseudo terminal, one ping after the other. The rounds of all are mixed, so that the machine's mood meets all. */
final class Ping {
    private static final String LIMIT = "host: this end's code, for both ends have one processor and nothing else runs";
    private static final int SIZE = 16;

    private final Path program;
    private final int pings;
    private final int rounds;

    Ping(Path program, int pings, int rounds) {
        this.program = program;
        this.pings = pings;
        this.rounds = rounds;
    }

    private interface Contender {
        long[] run(String path) throws Exception;
    }

    void run(Run run) throws Exception {
        List<Long> raw = new ArrayList<>();
        List<Long> blocking = new ArrayList<>();
        List<List<Long>> channels = new ArrayList<>();
        for (int i = 0; i < Way.values().length; i++) {
            channels.add(new ArrayList<>());
        }
        boolean pinned;
        try (OneProcessor processor = new OneProcessor();
                FarEnd echo = FarEnd.start(program, "echo")) {
            pinned = processor.isPinned();
            String path = echo.line();
            for (int round = -1; round < rounds; round++) { // the first is the warm-up
                measure(this::rawC, path, round, raw);
                measure(this::blocking, path, round, blocking);
                for (Way way : Way.values()) {
                    if (way.isAvailable()) {
                        measure(terminal -> channel(way, terminal), path, round, channels.get(way.ordinal()));
                    }
                }
            }
        }
        String group = "Port: a ping of 16 bytes over a pseudo terminal"
                + (pinned ? ", both ends on one processor, the others kept awake" : "");
        double reference = Repetitions.of(raw).median();
        run.add(Figure.of(group, "raw C", "us", Repetitions.of(thousandths(raw))));
        run.add(Figure.of(group, "jSerialComm, blocking", "us", Repetitions.of(thousandths(blocking))));
        for (Way way : Way.values()) {
            List<Long> medians = channels.get(way.ordinal());
            if (!medians.isEmpty()) {
                run.add(Figure.of(group, way.title, "us", Repetitions.of(thousandths(medians))));
                List<Double> ratios = medians.stream().map(m -> m / reference).toList();
                if (way == Way.EPOLL) {
                    run.add(Figure.of(group, way.title + " / raw C", "times", Repetitions.of(ratios))
                            .atMost(1.5)
                            .limit(LIMIT));
                } else {
                    run.add(Figure.of(group, way.title + " / raw C", "times", Repetitions.of(ratios)));
                }
            }
        }
    }

    private static void measure(Contender contender, String path, int round, List<Long> medians) throws Exception {
        long[] nanos = contender.run(path);
        Arrays.sort(nanos);
        if (round >= 0) {
            medians.add(nanos[nanos.length / 2]);
        }
    }

    private static List<Double> thousandths(List<Long> values) {
        return values.stream().map(v -> v / 1000.0).toList();
    }

    private long[] rawC(String path) throws IOException {
        try (FarEnd client = FarEnd.start(program, "ping", path, Integer.toString(pings))) {
            return client.numbers();
        }
    }

    private long[] blocking(String path) throws IOException {
        SerialPort port = Blocking.open(path);
        long[] nanos = new long[pings];
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < pings; i++) {
            long start = System.nanoTime();
            port.writeBytes(bytes, SIZE);
            for (int have = 0; have < SIZE; ) {
                have += Blocking.check(port.readBytes(bytes, SIZE - have));
            }
            nanos[i] = System.nanoTime() - start;
        }
        port.closePort();
        return nanos;
    }

    private long[] channel(Way way, String path) throws Exception {
        EventLoopGroup loop = way.newLoop();
        Pinger pinger = new Pinger(pings);
        UartChannel channel =
                (UartChannel) Way.connect(loop, path, pinger).sync().channel();
        long[] nanos = pinger.done.get();
        channel.close().sync();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        return nanos;
    }

    private static final class Pinger extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<long[]> done = new CompletableFuture<>();
        private final long[] nanos;
        private int round;
        private int have;
        private long start;

        Pinger(int pings) {
            nanos = new long[pings];
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(context.channel());
        }

        private void send(Channel channel) {
            have = 0;
            start = System.nanoTime();
            channel.writeAndFlush(channel.alloc().ioBuffer(SIZE).writeZero(SIZE), channel.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            have += bytes.readableBytes();
            bytes.release();
            if (have == SIZE && round < nanos.length) {
                nanos[round++] = System.nanoTime() - start;
                if (round < nanos.length) {
                    send(context.channel());
                } else {
                    done.complete(nanos);
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            done.completeExceptionally(cause);
        }
    }
}
