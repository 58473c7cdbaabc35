package dev.uartnet.cli;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.request.RequestFailedException;
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
import java.util.function.ToDoubleFunction;
import reactor.core.publisher.Mono;

/** One measurement of one device: prints each figure as it is found, and keeps it. */
final class Bench {
    private static final String GROUP = "uartnet bench";
    private static final double BITS_PER_BYTE = 10;
    /** Of the device. */
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** What moves first: as much as the line carries in a quarter of a second. */
    private static final double FIRST_SECONDS = 0.25;
    /** Where another direction begins, which may be slower: as many times what the last one ended with. */
    private static final double OTHER_WAY = 0.5;
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

    /** @param wantsSpeed whether the user has asked for a speed: where there is none, it is told to change nothing */
    void head(boolean wantsSpeed) throws IOException {
        output.line("BENCH " + device.name() + " (" + client.session().agent() + "), " + speed()
                + (device.isSimulated() && wantsSpeed ? ": --baud changes nothing" : ""));
    }

    /** What the port is set to; whether it obeys is seen from how much goes through it. */
    private String speed() {
        return device.isSimulated()
                ? "no speed of its own"
                : String.format(Locale.ROOT, "set to %,d baud", client.baudRate());
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
        Channel listener;
        try {
            listener = listener();
        } catch (SocketException e) {
            throw failed("the device cannot listen", e, "");
        }
        try {
            SocketAddress itself = listener.localAddress();
            rate(
                    "each way, both at once, through the device itself",
                    bytes -> transfer(itself, 0, bytes),
                    firstBytes(),
                    Goodput::up,
                    e -> failed(
                            "the device cannot connect to itself",
                            e,
                            " (use --peer HOST:PORT, with 'uartnet bench --serve PORT' on another machine)"));
        } finally {
            listener.close();
        }
    }

    /** @param otherwise what to do about it, unless the device has no network: then that comes first */
    private static RemoteFailureException failed(String what, SocketException cause, String otherwise) {
        boolean noNetwork = Failure.find(cause, RequestFailedException.class) instanceof RequestFailedException refused
                && refused.errorCode() == ErrorCode.NETWORK_DOWN;
        return new RemoteFailureException(
                what + ": " + Failure.text(cause)
                        + (noNetwork ? "; goodput needs Wi-Fi, join it with: uartnet wifi connect SSID" : otherwise),
                cause);
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
        Explanation explained = e ->
                failed("cannot reach the peer", e, " (does 'uartnet bench --serve " + peer.getPort() + "' run there?)");
        double bytes = rate(
                "down, from the peer to here",
                count -> transfer(peer, count, 0),
                firstBytes(),
                Goodput::down,
                explained);
        bytes = rate(
                "up, from here to the peer",
                count -> transfer(peer, 0, count),
                bytes * OTHER_WAY,
                Goodput::up,
                explained);
        rate(
                "both at once, the slower way",
                count -> transfer(peer, count, count),
                bytes * OTHER_WAY,
                both -> Math.min(both.down(), both.up()),
                explained);
    }

    private double firstBytes() {
        return client.baudRate() / BITS_PER_BYTE * Math.min(FIRST_SECONDS, seconds);
    }

    /** What a connection that does not come about means. */
    private interface Explanation {
        Exception of(SocketException cause);
    }

    /** Measures one direction, and tells; returns how many bytes it moves in the wanted time. */
    private double rate(
            String what,
            BenchTransfers.Transfer transfer,
            double firstBytes,
            ToDoubleFunction<Goodput> rate,
            Explanation explanation)
            throws Exception {
        BenchTransfers transfers = new BenchTransfers(transfer, seconds, firstBytes);
        try {
            transfers.warmUp();
        } catch (SocketException e) {
            throw explanation.of(e);
        }
        double[] rates = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            rates[i] = rate.applyAsDouble(transfers.next());
        }
        Repetitions all = Repetitions.of(rates);
        String count = repetitions == 1 ? "once, " : repetitions + " times, ";
        output.line(what + ": " + Units.bytes(all.median()) + "/s"
                + (repetitions == 1 ? "" : " (" + Units.bytes(all.low()) + "/s to " + Units.bytes(all.high()) + "/s)")
                + share(all.median()) + "; " + count + transfers.times());
        figures.add(Figure.of(GROUP, what, "bytes/s", all).note(count + transfers.times()));
        return transfers.bytes();
    }

    private String share(double rate) {
        double line = client.baudRate() / BITS_PER_BYTE;
        if (device.isSimulated()) {
            return "";
        }
        if (rate > line) {
            return String.format(
                    Locale.ROOT,
                    ", more than %,d baud carry: the port has no speed of its own, or another than --baud",
                    client.baudRate());
        }
        return String.format(Locale.ROOT, ", %.1f %% of the line", 100 * rate / line);
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

    /** Returns what has been found so far. */
    Results results() {
        return new Results(
                "uartnet bench " + device.name() + " (" + client.session().agent() + ")",
                start.toString(),
                null,
                String.format(
                        Locale.ROOT,
                        "uartnet bench, %s; transfers to warm up until one takes a quarter of the time, %s of about %s s; value is their median",
                        speed(),
                        Units.count(repetitions, "repetition"),
                        seconds),
                machine,
                figures,
                null);
    }
}
