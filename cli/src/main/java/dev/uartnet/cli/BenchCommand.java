package dev.uartnet.cli;

import dev.uartnet.measure.PatternServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code uartnet bench}. */
@CommandLine.Command(
        name = "bench",
        description = {
            "Measures round trips to the device, and how many bytes a second go through it; each byte is compared.",
            "Without --peer the device connects to a listener of its own, so that the bytes go up and come down the line at the same "
                    + "time: no other machine is needed. With --peer each direction is measured alone, too.",
            "The peer is another machine that the device's network reaches, where 'uartnet bench --serve PORT' runs until Ctrl-C."
        })
final class BenchCommand extends DeviceCommand {
    private static final int PORT_MAX = 65_535;
    private static final int PINGS_MAX = 1_000_000;
    private static final int REPETITIONS_MAX = 1_000;
    private static final double SECONDS_MAX = 3_600;
    private static final int CLOSE_SECONDS_MAX = 1;

    @Option(
            names = "--peer",
            paramLabel = "HOST:PORT",
            description = "Where 'uartnet bench --serve PORT' runs; the device resolves the name.")
    private @Nullable String peer;

    @Option(
            names = "--serve",
            paramLabel = "PORT",
            description = "Be the peer of another machine's measurement: no device is needed here (0: any free port).")
    private @Nullable Integer serve;

    @Option(
            names = "--pings",
            paramLabel = "N",
            defaultValue = "200",
            description = "Round trips to measure, one after the other (default: ${DEFAULT-VALUE}).")
    private int pings;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long each transfer takes, about (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "How often each transfer is done; median, least and greatest are told (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures to this file as well, in the form of benchmarks/README.md.")
    private @Nullable Path json;

    private @Nullable InetSocketAddress peerAddress;

    BenchCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void check() throws UsageException {
        if (serve != null && (serve < 0 || serve > PORT_MAX)) {
            throw new UsageException("--serve must be 0 to 65535: " + serve);
        }
        if (serve != null && (peer != null || json != null || options.port != null)) {
            throw new UsageException("--serve stands alone: the measurement is made where the device is");
        }
        if (pings < 1 || pings > PINGS_MAX) {
            throw new UsageException("--pings must be 1 to 1000000: " + pings);
        }
        if (repetitions < 1 || repetitions > REPETITIONS_MAX) {
            throw new UsageException("--repetitions must be 1 to 1000: " + repetitions);
        }
        if (!(seconds >= 0.01 && seconds <= SECONDS_MAX)) {
            throw new UsageException("--seconds must be 0.01 to 3600: " + seconds);
        }
        if (json != null && (json.toString().isEmpty() || Files.isDirectory(json))) {
            throw new UsageException(
                    "--json needs a file, not " + (json.toString().isEmpty() ? "nothing" : "the folder " + json));
        }
        peerAddress = peer == null ? null : address(peer);
    }

    /** Not resolved here: that is the device's to do. */
    private static InetSocketAddress address(String text) throws UsageException {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String port = text.substring(colon + 1);
        if (host.isEmpty()
                || !port.matches("[0-9]{1,5}")
                || Integer.parseInt(port) < 1
                || Integer.parseInt(port) > PORT_MAX) {
            throw new UsageException("--peer needs HOST:PORT: '" + text + "'");
        }
        return InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
    }

    @Override
    public int run() throws Exception {
        if (serve == null) {
            return super.run();
        }
        check();
        return serve(serve);
    }

    private int serve(int port) throws Exception {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("bench", true), NioIoHandler.newFactory());
        invocation.cleanups().doAfter(() -> group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS), () -> {
            ChannelFuture listening =
                    PatternServer.listen(group, new InetSocketAddress(port)).awaitUninterruptibly();
            if (!listening.isSuccess()) {
                throw new IOException(
                        "cannot listen on port " + port + ": "
                                + listening.cause().getMessage() + " (--serve 0 takes a free one)",
                        listening.cause());
            }
            Channel server = listening.channel();
            invocation
                    .output()
                    .line("serving on port " + ((InetSocketAddress) server.localAddress()).getPort()
                            + " (Ctrl-C ends it); elsewhere: uartnet bench --peer HOST:PORT");
            server.closeFuture().sync(); // until a signal comes
        });
        return ExitCodes.DONE;
    }

    @Override
    int run(Device device) throws Exception {
        Bench bench = new Bench(device, invocation.output(), seconds, repetitions);
        bench.head();
        bench.roundTrips(pings);
        if (peerAddress == null) {
            bench.throughItself();
        } else {
            bench.against(peerAddress);
        }
        if (json != null) {
            bench.results().write(json);
        }
        return ExitCodes.DONE;
    }
}
