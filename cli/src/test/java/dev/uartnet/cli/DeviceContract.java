package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command does with a device on a pseudo terminal; the same for every kind of device. */
abstract class DeviceContract {
    private static final int SOME_BYTES = 50_000;

    @TempDir
    Path folder = Path.of("");

    /** A device that a test has for itself. */
    interface Subject extends AutoCloseable {
        String port();

        /** Takes it away without a word, as a pulled plug does. */
        void kill();

        @Override
        void close();
    }

    abstract Subject start() throws Exception;

    @ParameterizedTest
    @ValueSource(strings = {"length", "chunked", "close"})
    void aDownloadIsWhatTheServerSent(String delimited) throws Exception {
        try (WebServer server = WebServer.start();
                Subject device = start()) {
            for (int bytes : new int[] {0, 1, 1_000_000}) {
                downloads(server, device, "/" + delimited + "/" + bytes, bytes);
            }
        }
    }

    static void downloads(WebServer server, Subject device, String path, int bytes) throws Exception {
        CommandProcess.Result result = CommandProcess.run("get", server.url(path), "--port", device.port());

        assertThat(result.errors()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).hasSize(bytes);
        assertThat(Arrays.equals(result.output(), WebServer.content(bytes))).isTrue();
    }

    @Test
    void infoPingAndResolve() throws Exception {
        try (Subject device = start()) {
            CommandProcess.Result info = CommandProcess.run("info", "--port", device.port());
            assertThat(info.errors()).isEmpty();
            assertThat(info.exitCode()).isZero();
            assertThat(info.text())
                    .contains("port:     " + device.port(), "protocol: 1.0", "boot id:", "uptime:", "heap:")
                    .contains(
                            "link:     115200 baud, keepalive ",
                            "  window: ",
                            "  host:   ",
                            " received, ",
                            "  device: ");

            CommandProcess.Result ping =
                    CommandProcess.run("ping", "--count", "20", "--interval", "0", "--port", device.port());
            assertThat(ping.errors()).isEmpty();
            assertThat(ping.exitCode()).isZero();
            assertThat(ping.text())
                    .contains("20 sent, 20 answered, 0% lost")
                    .containsPattern(
                            "\\nlink: [0-9]+ frames sent, [0-9]+ received, frames acknowledged in p50/p99 = [0-9.]+/[0-9.]+ ms\\R");

            CommandProcess.Result resolve = CommandProcess.run("resolve", "localhost", "--port", device.port());
            assertThat(resolve.errors()).isEmpty();
            assertThat(resolve.exitCode()).isZero();
            assertThat(resolve.text().lines()).contains("127.0.0.1");
        }
    }

    @Test
    void itIsMeasuredThroughItselfAndAgainstAPeer() throws Exception {
        Path json = folder.resolve("bench.json");
        try (Subject device = start();
                CommandProcess peer = CommandProcess.start("bench", "--serve", "0")) {
            peer.awaitOutput("serving on port ");
            String port = peer.outputText().replaceFirst("(?s).*serving on port ([0-9]+) .*", "$1");
            CommandProcess.Result alone = CommandProcess.run(
                    "bench", "--pings", "20", "--seconds", "0.1", "--json", json.toString(), "--port", device.port());
            assertThat(alone.errors()).isEmpty();
            assertThat(alone.exitCode()).isZero();
            assertThat(alone.text())
                    .contains("BENCH " + device.port(), "round trips: 20, p50/p90/p99/max = ")
                    .containsPattern(
                            "each way, both at once, through the device itself: [0-9.]+ .?B/s \\([0-9.]+ .?B/s to [0-9.]+ .?B/s\\)")
                    .containsPattern(", (more than 115,200 baud carry: |[0-9.]+ % of the line).*; 3 times, [0-9.]+ ");
            assertThat(json)
                    .content()
                    .contains("\"title\": \"uartnet bench ", "\"round trip, p99\"", "\"repetitions\": 3");

            CommandProcess.Result both = CommandProcess.run(
                    "bench",
                    "--pings",
                    "5",
                    "--seconds",
                    "0.1",
                    "--repetitions",
                    "1",
                    "--peer",
                    "localhost:" + port,
                    "--port",
                    device.port());
            assertThat(both.errors()).isEmpty();
            assertThat(both.exitCode()).isZero();
            assertThat(both.text())
                    .contains(
                            "down, from the peer to here: ",
                            "up, from here to the peer: ",
                            "both at once, the slower way: ",
                            "; once, ")
                    .doesNotContain("/s to ");

            peer.signal("INT");
            CommandProcess.Result served = peer.await();
            assertThat(served.errors().lines())
                    .anyMatch(line -> line.matches("uartnet: peer 127\\.0\\.0\\.1:[0-9]+ has come"))
                    .anyMatch(line -> line.matches("uartnet: peer .* has gone, after [0-9.]+ s"));
            assertThat(served.exitCode()).isEqualTo(130);

            CommandProcess.Result nobody =
                    CommandProcess.run("bench", "--peer", "localhost:" + port, "--port", device.port());
            assertThat(nobody.errors())
                    .startsWith("uartnet: cannot reach the peer: ")
                    .contains("does 'uartnet bench --serve " + port + "' run there?")
                    .hasLineCount(1);
            assertThat(nobody.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        }
    }

    @Test
    void aMeasurementEndsWithTheLink() throws Exception {
        try (Subject device = start();
                CommandProcess bench = CommandProcess.start("bench", "--seconds", "60", "--port", device.port())) {
            bench.awaitOutput("round trips: ");
            device.kill();

            CommandProcess.Result result = bench.await();
            assertThat(result.errors()).contains("lost").hasLineCount(1);
            assertThat(result.exitCode()).isEqualTo(ExitCodes.LINK_LOST);
        }
    }

    @Test
    void aMeasurementCanBeInterrupted() throws Exception {
        try (Subject device = start();
                CommandProcess bench = CommandProcess.start("bench", "--seconds", "60", "--port", device.port())) {
            bench.awaitOutput("round trips: ");
            bench.signal("INT");

            CommandProcess.Result result = bench.await();
            assertThat(result.errors()).isEmpty();
            assertThat(result.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void remoteFailuresAreOneLine() throws Exception {
        int closedPort;
        try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            closedPort = once.getLocalPort();
        }
        try (WebServer server = WebServer.start();
                Subject device = start()) {
            remoteFailure(device, "http://127.0.0.1:" + closedPort + "/", "refused");
            remoteFailure(device, "http://no-such-host.invalid/", "no-such-host.invalid");
            remoteFailure(device, server.url("/status/404"), "404");
            remoteFailure(device, server.url("/status/500"), "500");
            remoteFailure(device, server.url("/short"), "400 of 1000 bytes");
            remoteFailure(device, server.url("/short-chunked"), "after 400 bytes");
            remoteFailure(device, server.url("/mute"), "sent nothing for 2000 ms");
            CommandProcess.Result resolve =
                    CommandProcess.run("resolve", "no-such-host.invalid", "--port", device.port());
            assertThat(resolve.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            assertThat(resolve.errors()).contains("no-such-host.invalid").hasLineCount(1);
        }
    }

    private void remoteFailure(Subject device, String url, String says) throws Exception {
        Path file = folder.resolve("file");
        CommandProcess.Result result =
                CommandProcess.run("get", url, "-o", file.toString(), "--timeout", "2", "--port", device.port());

        assertThat(result.errors())
                .startsWith("uartnet: cannot get " + url)
                .contains(says)
                .hasLineCount(1);
        assertThat(result.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        assertThat(result.output()).isEmpty();
        assertThat(filesIn(folder)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalInADownloadLeavesTheDeviceReady(String signal, int exitCode) throws Exception {
        try (WebServer server = WebServer.start();
                Subject device = start()) {
            try (CommandProcess get = CommandProcess.start("get", server.url("/endless"), "--port", device.port())) {
                get.awaitOutput(SOME_BYTES);
                get.signal(signal);

                CommandProcess.Result result = get.await();
                assertThat(result.errors()).isEmpty();
                assertThat(result.exitCode()).isEqualTo(exitCode);
            }
            // A device that still had the old session would answer only after its silence of 3 s.
            CommandProcess.Result next = CommandProcess.run("info", "--timeout", "2", "--port", device.port());
            assertThat(next.errors()).isEmpty();
            assertThat(next.exitCode()).isZero();
            assertThat(server.awaitEndlessGone()).isTrue();
        }
    }

    @Test
    void aDeviceThatVanishesInADownloadIsALostLink() throws Exception {
        Path file = folder.resolve("file");
        try (WebServer server = WebServer.start();
                Subject device = start();
                CommandProcess get = CommandProcess.start(
                        "get", server.url("/endless"), "-o", file.toString(), "--port", device.port())) {
            awaitPartialFile(get);
            device.kill();

            CommandProcess.Result result = get.await();
            assertThat(result.errors()).startsWith("uartnet: ").contains("lost").hasLineCount(1);
            assertThat(result.exitCode()).isEqualTo(ExitCodes.LINK_LOST);
            assertThat(filesIn(folder)).isZero();
        }
    }

    @Test
    void aSignalRemovesThePartialFile() throws Exception {
        Path file = folder.resolve("file");
        try (WebServer server = WebServer.start();
                Subject device = start();
                CommandProcess get = CommandProcess.start(
                        "get", server.url("/endless"), "-o", file.toString(), "--port", device.port())) {
            awaitPartialFile(get);
            get.signal("INT");

            assertThat(get.await().exitCode()).isEqualTo(130);
            assertThat(filesIn(folder)).isZero();
        }
    }

    private void awaitPartialFile(CommandProcess get) throws Exception {
        while (get.isAlive() && sizeIn(folder) < SOME_BYTES) {
            Thread.onSpinWait();
        }
    }

    private static long filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static long sizeIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
