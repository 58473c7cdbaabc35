package dev.uartnet.cli;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code uartnet bench}. */
@CommandLine.Command(
        name = "bench",
        // By hand: made by itself, it would break a line inside of HOST:PORT.
        customSynopsis = {
            "uartnet bench [--port=PORT] [--baud=BAUD] [--timeout=SECONDS]",
            "              [--peer=HOST:PORT] [--pings=N] [--seconds=SECONDS]",
            "              [--repetitions=N] [--json=FILE] [--verbose]",
            "       uartnet bench --serve=PORT",
            "       uartnet bench -h|-V"
        },
        description = {
            "Measures round trips to the device, and how many bytes a second go through it; each byte is compared.",
            "Without --peer the device connects to a listener of its own, so that the bytes go up and come down the line at the same "
                    + "time: no other machine is needed. With --peer each direction is measured alone, too.",
            "The peer is another machine that the device's network reaches, where 'uartnet bench --serve PORT' runs until Ctrl-C.",
            "Round trips need nothing but the line. For the bytes the device must be in a Wi-Fi network (uartnet wifi connect SSID), also "
                    + "without --peer. The simulated device is in one; its line has no speed of its own."
        })
final class BenchCommand extends DeviceCommand {
    private static final int PORT_MAX = 65_535;
    private static final int PINGS_MAX = 1_000_000;
    private static final int REPETITIONS_MAX = 1_000;
    private static final double SECONDS_MAX = 3_600;

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
            description =
                    "How long each transfer takes, about (default: ${DEFAULT-VALUE}). Those before the first, which warm up and find "
                            + "out how many bytes that are, take up to a third more than one of them in all.")
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
            description =
                    "Write the figures to this file as well, in the form of benchmarks/README.md; it appears only when all are measured.")
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
        new BenchServer(invocation).serve(serve);
        return ExitCodes.DONE;
    }

    @Override
    int run(Device device) throws Exception {
        Bench bench = new Bench(device, invocation.output(), seconds, repetitions);
        if (json == null) {
            measure(bench);
            return ExitCodes.DONE;
        }
        // Opened first: a file that cannot be written is told before anything is measured.
        try (Body file = FileBody.open(json, invocation.cleanups())) {
            measure(bench);
            file.write(bench.results().json().getBytes(StandardCharsets.UTF_8));
            file.complete();
        }
        return ExitCodes.DONE;
    }

    private void measure(Bench bench) throws Exception {
        bench.head(options.wantsSpeed());
        bench.roundTrips(pings);
        if (peerAddress == null) {
            bench.throughItself();
        } else {
            bench.against(peerAddress);
        }
    }
}
