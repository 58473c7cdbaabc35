package dev.uartnet.cli;

import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Goodput;
import dev.uartnet.measure.Machine;
import dev.uartnet.measure.PatternServer;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.measure.Results;
import dev.uartnet.measure.RoundTrips;
import dev.uartnet.proxy.DeviceInfo;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/** One measurement of one device: prints each figure as it is found, and keeps it. */
final class Bench {
    private static final String GROUP = "uartnet bench";
    private static final double BITS_PER_BYTE = 10;
    /** Of the device. */
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** To guess how much moves in a second: as much as the line carries in a quarter of one. */
    private static final double FIRST_SECONDS = 0.25;
    /** A transfer that takes so many times as long as it should is given up. */
    private static final double PATIENCE = 10;

    private static final Duration PATIENCE_MIN = Duration.ofSeconds(30);

    private final Device device;
    private final ProxyClient client;
    private final EventLoop loop;
    private final StandardOutput output;
    private final double seconds;
    private final int repetitions;
    private final DeviceInfo info;
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Machine machine;
    private final List<Figure> figures = new ArrayList<>();

    /**
     * @param seconds of each transfer, about
     * @param repetitions of each transfer
     */
    Bench(Device device, StandardOutput output, double seconds, int repetitions) throws Exception {
        this.device = device;
        this.output = output;
        this.seconds = seconds;
        this.repetitions = repetitions;
        client = device.client();
        loop = client.channel().eventLoop();
        info = device.await(client.info());
        machine = Machine.here(info.python());
    }

    void head() throws IOException {
        output.line(String.format(
                Locale.ROOT,
                "BENCH %s (%s), %,d baud",
                device.name(),
                client.session().agent(),
                client.baudRate()));
    }

    void roundTrips(int count) throws Exception {
        RoundTrips trips = device.await(RoundTrips.measure(client, count));
        output.line(String.format(
                Locale.ROOT,
                "round trips: %,d, p50/p90/p99/max = %.3f/%.3f/%.3f/%.3f ms",
                trips.count(),
                trips.millis(50),
                trips.millis(90),
                trips.millis(99),
                trips.millis(100)));
        for (int percentile : new int[] {50, 90, 99, 100}) {
            figures.add(Figure.of(
                            GROUP,
                            "round trip, " + (percentile == 100 ? "longest" : "p" + percentile),
                            "ms",
                            trips.millis(percentile))
                    .note("of " + trips.count()));
        }
    }

    /** Both directions at once, between a listener on the device and a connection of the device to it. */
    void throughItself() throws Exception {
        Channel listener = listener();
        try {
            SocketAddress itself = listener.localAddress();
            long first = firstBytes();
            Goodput guess;
            try {
                guess = transfer(itself, 0, first);
            } catch (SocketException e) {
                throw new RemoteFailureException(
                        "the device cannot connect to itself: " + Failure.text(e)
                                + " (use --peer HOST:PORT, with 'uartnet bench --serve PORT' on another machine)",
                        e);
            }
            long bytes = bytes(guess.up());
            double[] rates = new double[repetitions];
            for (int i = 0; i < repetitions; i++) {
                rates[i] = transfer(itself, 0, bytes).up();
            }
            rate("each way, both at once, through the device itself", rates);
        } finally {
            listener.close();
        }
    }

    private Channel listener() throws Exception {
        CompletableFuture<Channel> bound = new CompletableFuture<>();
        new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> new ProxyServerSocketChannel(client))
                .childHandler(PatternServer.childHandler())
                .bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0))
                .addListener((ChannelFutureListener) done -> {
                    if (done.isSuccess()) {
                        bound.complete(done.channel());
                    } else {
                        bound.completeExceptionally(done.cause());
                    }
                });
        return device.await(Mono.fromFuture(bound));
    }

    /** Each direction alone, and both at once, between a peer and this machine. */
    void against(InetSocketAddress peer) throws Exception {
        Goodput guess;
        try {
            guess = transfer(peer, firstBytes(), 0);
        } catch (SocketException e) {
            throw new RemoteFailureException(
                    "cannot reach the peer: " + Failure.text(e) + " (does 'uartnet bench --serve " + peer.getPort()
                            + "' run there?)",
                    e);
        }
        long bytes = bytes(guess.down());
        double[] down = new double[repetitions];
        double[] up = new double[repetitions];
        double[] both = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            down[i] = transfer(peer, bytes, 0).down();
        }
        rate("down, from the peer to here", down);
        for (int i = 0; i < repetitions; i++) {
            up[i] = transfer(peer, 0, bytes).up();
        }
        rate("up, from here to the peer", up);
        for (int i = 0; i < repetitions; i++) {
            Goodput at = transfer(peer, bytes, bytes);
            both[i] = Math.min(at.down(), at.up());
        }
        rate("both at once, the slower way", both);
    }

    private long firstBytes() {
        return Math.max(2_000, (long) (client.baudRate() / BITS_PER_BYTE * Math.min(FIRST_SECONDS, seconds)));
    }

    private long bytes(double rate) {
        return Math.max(2_000, (long) (rate * seconds));
    }

    private Goodput transfer(SocketAddress server, long down, long up) throws Exception {
        Duration patience =
                Duration.ofMillis((long) (seconds * 1_000 * PATIENCE)).plus(PATIENCE_MIN);
        CompletableFuture<Goodput> transfer = Goodput.measure(client.bootstrap(loop), server, down, up);
        // A signal, or the time: then the connection is closed.
        try {
            return device.await(Mono.fromFuture(transfer).timeout(patience));
        } catch (TimeoutException e) {
            throw new RemoteFailureException("a transfer of " + Units.bytes((double) down + up) + " has not ended in "
                    + patience.toSeconds() + " s: is the peer one of 'uartnet bench --serve'?");
        }
    }

    private void rate(String what, double[] rates) throws IOException {
        Repetitions all = Repetitions.of(rates);
        double line = client.baudRate() / BITS_PER_BYTE;
        // A pseudo terminal, or the simulator, has no speed.
        String share = all.median() > line
                ? ""
                : String.format(Locale.ROOT, ", %.1f %% of the line", 100 * all.median() / line);
        output.line(what + ": " + Units.bytes(all.median()) + "/s (" + Units.bytes(all.low()) + " to "
                + Units.bytes(all.high()) + ")" + share);
        figures.add(Figure.of(GROUP, what, "bytes/s", all));
    }

    /** Returns what has been found so far. */
    Results results() {
        return new Results(
                "uartnet bench " + device.name() + " (" + client.session().agent() + ")",
                start.toString(),
                null,
                String.format(
                        Locale.ROOT,
                        "uartnet bench at %,d baud; a first transfer to warm up, %d repetitions of about %s s; value is their median",
                        client.baudRate(),
                        repetitions,
                        seconds),
                machine,
                figures,
                null);
    }
}
