package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import io.netty.resolver.NoopAddressResolverGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/** TLS that ends on the device. */
abstract class DeviceTlsPrograms extends Programs {
    private static final String HOST = "secure.test";
    private static final int CONNECTIONS = 4;
    private static final int AUTHORITIES = 4;

    private final TestTls tls;

    DeviceTlsPrograms(TestDevice device) throws Exception {
        super(device);
        tls = new TestTls();
    }

    /** A web server of this host. */
    private DisposableServer server(TestTls authority) throws Exception {
        var context = authority.server(HOST);
        return keep(HttpServer.create()
                .host(LOOPBACK)
                .port(0)
                .secure(spec -> spec.sslContext(context))
                .route(routes -> routes.get("/body", (request, response) -> response.send(body(bodyBytes())))
                        .get(
                                "/",
                                (request, response) ->
                                        response.sendString(Mono.just("seen by the device in the clear"))))
                .bindNow(WAIT));
    }

    private HttpClient http(DisposableServer server, DeviceTls deviceTls) throws Exception {
        // The name is the certificate's, its address is known here: the host of a name server is another test's matter.
        InetAddress address = InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1});
        return client().httpClient(ConnectionProvider.newConnection())
                .option(ProxyChannelOption.DEVICE_TLS, deviceTls)
                .remoteAddress(() -> new InetSocketAddress(address, server.port()));
    }

    private static String get(HttpClient http) {
        return http.get().uri("/").responseContent().aggregate().asString().block(WAIT);
    }

    @Test
    void aTrustedServerIsReadInTheClear() throws Exception {
        DisposableServer server = server(tls);
        HttpClient http = http(server, DeviceTls.client().trust(tls.authority()));

        assertThat(get(http)).isEqualTo("seen by the device in the clear");
        assertThat(digest(http.get().uri("/body").responseContent()).block(LONG))
                .isEqualTo(digestOf(bodyBytes()));
    }

    @Test
    void authoritiesComeFromAFileAndMayBeMany(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("authorities.pem");
        // The right one is the last, behind more than one frame takes.
        StringBuilder authorities = new StringBuilder();
        for (int i = 1; i < AUTHORITIES; i++) {
            authorities.append(new TestTls().authorityPem());
        }
        Files.writeString(file, authorities.append(tls.authorityPem()));
        assertThat(get(http(server(tls), DeviceTls.client().trust(file)))).isNotEmpty();

        Files.writeString(file, "no certificate");
        assertThatThrownBy(() -> DeviceTls.client().trust(file)).hasMessageContaining("authorities.pem");
    }

    @Test
    void whoIsNotTrustedIsRefused() throws Exception {
        DisposableServer server = server(tls);

        assertThatThrownBy(() -> get(http(server, DeviceTls.client().trust(new TestTls().authority()))))
                .hasCauseInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("TLS handshake failed on the device");
        assertThatThrownBy(() -> get(
                        http(server, DeviceTls.client().trust(tls.authority()).serverName("other.test"))))
                .hasCauseInstanceOf(SSLHandshakeException.class);
        assertThat(get(http(server, DeviceTls.client().insecureWithoutVerification())))
                .as("unless nobody wants to know")
                .isNotEmpty();
    }

    @Test
    void whatCannotBeVerifiedIsRefusedAtOnce() throws Exception {
        assertThatThrownBy(() -> client().tcpClient()
                        .option(ProxyChannelOption.DEVICE_TLS, DeviceTls.client())
                        .host(HOST)
                        .port(1)
                        .resolver(NoopAddressResolverGroup.INSTANCE)
                        .connect()
                        .block(WAIT))
                .hasCauseInstanceOf(SSLException.class)
                .hasMessageContaining("trust(...)");
        assertThatThrownBy(() -> client().tcpClient()
                        .option(
                                ProxyChannelOption.DEVICE_TLS,
                                DeviceTls.client().trust(tls.authority()))
                        .host(LOOPBACK)
                        .port(1)
                        .connect()
                        .block(WAIT))
                .hasCauseInstanceOf(SSLException.class)
                .hasMessageContaining("serverName(...)");
    }

    @Test
    void aServerThatSpeaksSomethingElseFailsTheHandshake() throws Exception {
        DisposableServer plain = keep(HttpServer.create()
                .host(LOOPBACK)
                .port(0)
                .handle((request, response) -> response.sendString(Mono.just("plain")))
                .bindNow(WAIT));

        assertThatThrownBy(() -> get(http(plain, DeviceTls.client().insecureWithoutVerification())))
                .hasCauseInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void serversOnTheDeviceHaveCertificates() throws Exception {
        X509Bundle certificate = tls.certificateOf(HOST);
        X509Certificate[] chain = certificate.getCertificatePath();
        DisposableServer server = keep(client().tcpServer()
                .option(
                        ProxyChannelOption.DEVICE_TLS,
                        DeviceTls.server(certificate.getKeyPair().getPrivate(), chain))
                .host(LOOPBACK)
                .port(0)
                .handle((in, out) -> out.send(in.receive().retain()))
                .bindNow(WAIT));
        byte[] sent = "through the device and back ".repeat(200).getBytes(StandardCharsets.US_ASCII);

        for (int i = 0; i < 3; i++) {
            try (SSLSocket socket =
                    (SSLSocket) tls.jdkClient().getSocketFactory().createSocket(LOOPBACK, server.port())) {
                socket.setSoTimeout((int) WAIT.toMillis());
                socket.getOutputStream().write(sent);
                assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            }
        }
    }

    @Test
    void optionsOfTheOtherSideAreRefused() throws Exception {
        X509Bundle certificate = tls.certificateOf(HOST);
        DeviceTls server = DeviceTls.server(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath());
        assertThat(server.toString()).isEqualTo("DeviceTls[server]");
        ProxySocketChannel socket = new ProxySocketChannel(client());
        assertThatThrownBy(() -> socket.config().setOption(ProxyChannelOption.DEVICE_TLS, server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DeviceTls.client()");
        ProxyServerSocketChannel listener = new ProxyServerSocketChannel(client());
        assertThatThrownBy(() -> listener.config().setOption(ProxyChannelOption.DEVICE_TLS, DeviceTls.client()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DeviceTls.server");
        assertThatThrownBy(() -> server.serverName("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyAtOnceEachInItsTurn() throws Exception {
        DisposableServer server = server(tls);
        DeviceTls trusting = DeviceTls.client().trust(tls.authority());
        HttpClient http = http(server, trusting);

        List<String> answers = Flux.range(0, CONNECTIONS)
                .flatMap(i -> http.get().uri("/").responseContent().aggregate().asString(), CONNECTIONS)
                .collectList()
                .block(LONG);

        assertThat(answers).hasSize(CONNECTIONS).containsOnly("seen by the device in the clear");
    }

    @Test
    void plainSocketsServeTlsToo(@TempDir Path folder) throws Exception {
        X509Bundle certificate = tls.certificateOf(HOST);
        Path key = Files.writeString(folder.resolve("key.pem"), certificate.getPrivateKeyPEM());
        Path chain = Files.writeString(folder.resolve("chain.pem"), certificate.getCertificatePathPEM());
        ProxyListener listener = TestLine.get(client().sockets()
                .option(ProxyChannelOption.DEVICE_TLS, DeviceTls.server(key, chain))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        Disposable echoes = listener.accept()
                .flatMap(connection ->
                        Mono.usingWhen(Mono.just(connection), c -> c.send(c.receive()), ProxyConnection::close))
                .subscribe();
        byte[] sent = "hello".getBytes(StandardCharsets.US_ASCII);
        try (SSLSocket socket = (SSLSocket) tls.jdkClient()
                .getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(),
                        listener.localAddress().getPort())) {
            socket.setSoTimeout((int) WAIT.toMillis());
            socket.getOutputStream().write(sent);
            assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
        }
        echoes.dispose();
    }

    @Test
    void whoWantsTlsIsNeverServedInTheClear() throws Exception {
        X509Bundle certificate = tls.certificateOf(HOST);
        DeviceTls server = DeviceTls.server(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath());
        assertThatThrownBy(() -> client().httpClient()
                        .option(ProxyChannelOption.DEVICE_TLS, server)
                        .get()
                        .uri("http://" + LOOPBACK + ":1234/")
                        .response()
                        .block(WAIT))
                .hasCauseInstanceOf(SSLException.class)
                .hasMessageContaining("DeviceTls.client()");
        assertThatThrownBy(() -> client().tcpServer()
                        .option(ProxyChannelOption.DEVICE_TLS, DeviceTls.client())
                        .host(LOOPBACK)
                        .port(0)
                        .bindNow(WAIT))
                .hasStackTraceContaining("DeviceTls.server(...)");
        DisposableServer misled = keep(client().tcpServer()
                .childOption(ProxyChannelOption.DEVICE_TLS, DeviceTls.client().trust(tls.authority()))
                .host(LOOPBACK)
                .port(0)
                .handle((in, out) -> out.sendString(Mono.just("in the clear")))
                .bindNow(WAIT));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), misled.port())) {
            socket.setSoTimeout((int) WAIT.toMillis());
            assertThat(readUntilItEnds(socket)).isEmpty();
        }
    }

    private static byte[] readUntilItEnds(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void aKeyMustFitItsCertificate() throws Exception {
        X509Bundle one = tls.certificateOf(HOST);
        X509Bundle other = tls.certificateOf(HOST);
        assertThatThrownBy(() -> DeviceTls.server(one.getKeyPair().getPrivate(), other.getCertificatePath()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CN=" + HOST);
    }
}
