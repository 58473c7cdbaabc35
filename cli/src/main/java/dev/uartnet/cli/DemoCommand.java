package dev.uartnet.cli;

import dev.uartnet.proxy.DeviceInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** {@code uartnet demo}. */
@CommandLine.Command(
        name = "demo",
        description = {
            "Shows everything at work on this machine alone: a web server, a device and a serial line of 921,600 baud.",
            "The device is the real firmware on MicroPython where that is to be had (on Debian and Ubuntu it is fetched), "
                    + "else the simulator. Takes seconds, at first minutes, for MicroPython is fetched; fails unless the downloaded bytes are right."
        })
final class DemoCommand implements Command {
    private static final int BAUD = 921_600;
    /** A byte on the line is a start bit, 8 data bits and a stop bit. */
    private static final int BITS_PER_BYTE = 10;

    private static final int DOWNLOAD_BYTES = 1_000_000;
    private static final int PINGS = 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Invocation invocation;

    DemoCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws Exception {
        say("demo", "a web server, a device and a serial line between, all on this machine");
        DemoServer server = DemoServer.start(DOWNLOAD_BYTES);
        invocation.cleanups().doAfter(server::close, () -> {
            DemoDevice demo = new DemoDevice();
            invocation
                    .cleanups()
                    .doAfter(
                            demo::close,
                            () -> show(
                                    demo.start(BAUD, step -> invocation.error().println("uartnet: " + step)), server));
        });
        return ExitCodes.DONE;
    }

    private void show(DemoDevice.Ready demo, DemoServer server) throws Exception {
        say("device", demo.description());
        String line = demo.hostPort().name();
        say("line", String.format(Locale.ROOT, "%s at %,d baud: %s/s each way", line, BAUD, Units.bytes(lineRate())));
        long start = System.nanoTime();
        try (Device device = Device.connect(demo.hostPort(), BAUD, TIMEOUT, invocation.cleanups())) {
            say("connect", device.client().session().agent() + " after " + Units.millis(since(start)) + " ms");
            show(device, server);
        }
    }

    private void show(Device device, DemoServer server) throws Exception {
        try {
            info(device);
            ping(device);
            resolve(device, server.host());
            get(device, server);
        } catch (Exception e) {
            throw device.explain(e);
        }
    }

    private void info(Device device) throws Exception {
        DeviceInfo info = device.await(device.client().info());
        say(
                "info",
                info.all().entrySet().stream()
                        .filter(entry -> entry.getValue() instanceof String
                                || entry.getKey().startsWith("heap"))
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
    }

    private void ping(Device device) throws Exception {
        RoundTrips times = new RoundTrips();
        for (int i = 0; i < PINGS; i++) {
            times.add(device.await(device.client().ping()));
        }
        say(
                "ping",
                PINGS + " round trips: min " + Units.millis(times.min()) + " ms, median " + Units.millis(times.median())
                        + " ms, max " + Units.millis(times.max()) + " ms");
    }

    private void resolve(Device device, String host) throws Exception {
        List<InetAddress> addresses = device.await(device.client().resolve(host));
        say(
                "resolve",
                host + " is "
                        + addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", ")));
    }

    private void get(Device device, DemoServer server) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream(DOWNLOAD_BYTES);
        long start = System.nanoTime();
        try (Download download = new Download(device.client().httpClient(), server.url(), TIMEOUT)) {
            download.start();
            for (byte[] piece = download.next(); piece != null; piece = download.next()) {
                body.write(piece);
            }
        }
        Duration time = since(start);
        double rate = body.size() / (time.toNanos() / 1e9);
        say(
                "get",
                String.format(
                        Locale.ROOT,
                        "%s: %,d bytes in %.1f s, %s/s, %.0f%% of the line's rate",
                        server.url(),
                        body.size(),
                        time.toMillis() / 1000.0,
                        Units.bytes(rate),
                        100 * rate / lineRate()));
        String expected = sha256(server.content());
        String actual = sha256(body.toByteArray());
        if (!actual.equals(expected)) {
            throw new RemoteFailureException("the downloaded bytes are wrong: " + body.size() + " bytes with SHA-256 "
                    + actual + ", but the server sent " + DOWNLOAD_BYTES + " with " + expected);
        }
        say("check", "every byte as the server sent it: SHA-256 " + actual);
    }

    private static double lineRate() {
        return (double) BAUD / BITS_PER_BYTE;
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private void say(String what, String text) throws IOException {
        invocation.output().line(String.format(Locale.ROOT, "%-8s %s", what, text));
    }
}
