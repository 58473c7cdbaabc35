package dev.uartnet.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command with the simulator on a pseudo terminal; and what does not depend on the kind of device. */
class SimulatorCommandTest extends DeviceContract {
    private static final String PASSWORD = "a-password";

    @Override
    Subject start() throws Exception {
        VirtualEsp32 device = VirtualEsp32.builder().build();
        String port = device.servePty();
        return new Subject() {
            @Override
            public String port() {
                return port;
            }

            @Override
            public void kill() {
                device.close();
            }

            @Override
            public void close() {
                device.close();
            }
        };
    }

    @Test
    void anEndlessPingOutlivesTheLink() throws Exception {
        Path link = folder.resolve("esp32");
        try (Subject first = start();
                Subject second = start()) {
            Files.createSymbolicLink(link, Path.of(first.port()));
            try (CommandProcess ping =
                    CommandProcess.start("ping", "--count", "0", "--interval", "0.05", "--port", link.toString())) {
                ping.awaitOutput("answer 3");
                first.kill();
                ping.awaitOutput("the link to the device is lost");
                ping.awaitOutput("; reconnecting");
                Files.delete(link);
                Files.createSymbolicLink(link, Path.of(second.port()));
                ping.awaitOutput("connected again");
                ping.signal("INT");

                CommandProcess.Result result = ping.await();
                assertThat(result.errors()).isEmpty();
                assertThat(result.exitCode()).isEqualTo(130);
                assertThat(result.text()).contains("ping statistics");
            }
        }
    }

    @Test
    void aCountedPingDoesNot() throws Exception {
        try (Subject device = start();
                CommandProcess ping = CommandProcess.start(
                        "ping", "--count", "100000", "--interval", "0.05", "--port", device.port())) {
            ping.awaitOutput("answer 3");
            device.kill();

            CommandProcess.Result result = ping.await();
            assertThat(result.errors()).contains("lost").hasLineCount(1);
            assertThat(result.exitCode()).isEqualTo(ExitCodes.LINK_LOST);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"length", "chunked", "close"})
    void aLargeDownloadIsWhatTheServerSent(String delimited) throws Exception {
        try (WebServer server = WebServer.start();
                Subject device = start()) {
            downloads(server, device, "/" + delimited + "/20000000", 20_000_000);
        }
    }

    @Test
    void aDownloadToAFileAppearsUnderItsName() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "old");
        try (WebServer server = WebServer.start()) {
            CommandProcess.Result result = CommandProcess.run(
                    "get", server.url("/chunked/100000"), "--output", file.toString(), "--port", "sim");

            assertThat(result.errors()).isEmpty();
            assertThat(result.exitCode()).isZero();
            assertThat(result.output()).isEmpty();
            assertThat(file).hasBinaryContent(WebServer.content(100_000));
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsALocalFailure() throws Exception {
        Path file = folder.resolve("missing").resolve("file");
        try (WebServer server = WebServer.start()) {
            CommandProcess.Result result =
                    CommandProcess.run("get", server.url("/length/10"), "-o", file.toString(), "--port", "sim");

            assertThat(result.errors())
                    .isEqualToIgnoringNewLines(
                            "uartnet: cannot write " + file + ": no such folder: " + file.getParent());
            assertThat(result.exitCode()).isEqualTo(ExitCodes.LOCAL_FAILURE);
        }
    }

    @Test
    void figuresThatCannotBeWrittenAreNotMeasured() throws Exception {
        Path file = folder.resolve("missing").resolve("bench.json");
        CommandProcess.Result result = CommandProcess.run("bench", "--json", file.toString(), "--port", "sim");

        assertThat(result.errors())
                .isEqualToIgnoringNewLines("uartnet: cannot write " + file + ": no such folder: " + file.getParent());
        assertThat(result.exitCode()).isEqualTo(ExitCodes.LOCAL_FAILURE);
        assertThat(result.text()).isEmpty();
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void redirectsAreFollowedButNotForEver() throws Exception {
        try (WebServer server = WebServer.start()) {
            CommandProcess.Result followed = CommandProcess.run("get", server.url("/to/1000"), "--port", "sim");
            assertThat(followed.errors()).isEmpty();
            assertThat(followed.output()).isEqualTo(WebServer.content(1000));

            CommandProcess.Result around = CommandProcess.run("get", server.url("/around"), "--port", "sim");
            assertThat(around.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            assertThat(around.errors())
                    .contains("302", "/around", "not followed after 10 redirects")
                    .hasLineCount(1);

            CommandProcess.Result nowhere = CommandProcess.run("get", server.url("/moved/0"), "--port", "sim");
            assertThat(nowhere.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            assertThat(nowhere.errors()).contains("301").hasLineCount(1);
        }
    }

    @Test
    void whatIsNotHttpIsARemoteFailure() throws Exception {
        try (WebServer server = WebServer.start()) {
            for (int i = 0; i < WebServer.RAW.size(); i++) {
                InProcess get = InProcess.run("get", server.url("/raw/" + i), "--port", "sim");

                assertThat(get.errors())
                        .startsWith("uartnet: cannot get " + server.url("/raw/" + i)
                                + ": the server's answer is not HTTP (")
                        .doesNotContain("\u001b", "\u0007")
                        .hasLineCount(1)
                        .hasSizeLessThan(500);
                assertThat(get.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            }
        }
    }

    @Test
    void redirectsToWhatIsNotHttpAreNotFollowed() throws Exception {
        try (WebServer server = WebServer.start()) {
            for (int i = 0; i < WebServer.NOWHERE.size(); i++) {
                InProcess get = InProcess.run("get", server.url("/leads/" + i), "--port", "sim");

                assertThat(get.errors())
                        .contains("302 Found (to " + WebServer.NOWHERE.get(i) + ", not followed)")
                        .hasLineCount(1);
                assertThat(get.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            }
        }
    }

    @Test
    void httpInsteadOfTlsIsSaid() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            Thread server = new Thread(() -> {
                try (Socket client = listener.accept()) {
                    client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException gone) {
                    // The client has.
                }
            });
            server.start();
            String url = "https://127.0.0.1:" + listener.getLocalPort() + "/";
            InProcess get = InProcess.run("get", url, "--port", "sim");
            server.join();

            assertThat(get.errors()).contains("does not speak TLS there").hasLineCount(1);
            assertThat(get.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
        }
    }

    @Test
    void aClosedOutputEndsItQuietly() throws Exception {
        try (WebServer server = WebServer.start();
                CommandProcess get =
                        CommandProcess.startIntoHead(10_000, "get", server.url("/endless"), "--port", "sim")) {
            CommandProcess.Result result = get.await();

            assertThat(result.errors()).isEmpty();
            assertThat(result.exitCode()).isEqualTo(ExitCodes.OUTPUT_CLOSED);
        }
    }

    @Test
    void anInterruptedPingPrintsItsStatistics() throws Exception {
        try (CommandProcess ping =
                CommandProcess.start("ping", "--count", "0", "--interval", "0.01", "--port", "sim")) {
            ping.awaitOutput(300);
            ping.signal("INT");
            CommandProcess.Result result = ping.await();

            assertThat(result.errors()).isEmpty();
            assertThat(result.exitCode()).isEqualTo(130);
            assertThat(result.text())
                    .contains("--- sim ping statistics ---", " 0% lost", "round trip min/avg/max/mdev");
        }
    }

    @Test
    void progressIsShownOnATerminalOnly() throws Exception {
        try (WebServer server = WebServer.start();
                CommandProcess get = CommandProcess.start(
                        List.of("-Duartnet.terminals=2"), "get", server.url("/length/300000"), "--port", "sim")) {
            CommandProcess.Result result = get.await();

            assertThat(result.exitCode()).isZero();
            assertThat(result.output()).isEqualTo(WebServer.content(300_000));
            assertThat(result.errors()).contains("100% [", "300 kB of 300 kB").endsWith("\n");
        }
    }

    @Test
    void verboseShowsTheStackTrace() throws Exception {
        CommandProcess.Result result = CommandProcess.run("info", "--verbose", "--port", "/dev/no-such-port");

        assertThat(result.exitCode()).isEqualTo(ExitCodes.PORT_UNAVAILABLE);
        assertThat(result.errors()).contains("uartnet: cannot open", "UartPortNotFoundException", "\tat dev.uartnet.");
    }

    @Test
    void tlsEndsOnThisMachine() throws Exception {
        Path store = folder.resolve("keys.p12");
        keytool(store);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (FileInputStream stream = new FileInputStream(store.toFile())) {
            keys.load(stream, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        ServerSocket listener = context.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        try (WebServer server = WebServer.start(listener)) {
            String url = "https://localhost:" + server.port() + "/length/100000";
            List<String> trust =
                    List.of("-Djavax.net.ssl.trustStore=" + store, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
            try (CommandProcess get = CommandProcess.start(trust, "get", url, "--port", "sim")) {
                CommandProcess.Result result = get.await();
                assertThat(result.errors()).isEmpty();
                assertThat(result.exitCode()).isZero();
                assertThat(result.output()).isEqualTo(WebServer.content(100_000));
            }
            CommandProcess.Result stranger = CommandProcess.run("get", url, "--port", "sim");
            assertThat(stranger.exitCode()).isEqualTo(ExitCodes.REMOTE_FAILURE);
            assertThat(stranger.errors())
                    .startsWith("uartnet: cannot get " + url)
                    .contains("the server's certificate is not trusted", "trustStore")
                    .hasLineCount(1);
        }
    }

    private static void keytool(Path store) throws Exception {
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        assertThat(code).isZero();
    }
}
