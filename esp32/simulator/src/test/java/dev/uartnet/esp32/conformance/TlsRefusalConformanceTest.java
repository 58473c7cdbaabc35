package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: TLS connections of the device that must not be, or do not come about. */
@EachDeviceWithTls
class TlsRefusalConformanceTest extends ConformanceTest {
    private static final int CREDIT = 8192;
    private static final String NAME = TestNameServer.SERVER;

    private Host host;
    private Peer peer;

    @BeforeEach
    void open() throws Exception {
        host = new Host(device());
        peer = new Peer();
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        peer.close();
    }

    private static Map<String, Object> trusting(X509Bundle authority) {
        return Map.of("ca", Certificates.der(authority), "server_name", NAME);
    }

    private HostChannel connect(int number) throws IOException {
        return host.connectTls(number, peer.port(), CREDIT, trusting(Certificates.AUTHORITY));
    }

    private RequestFailedException refused(Map<String, ? extends Object> options) {
        return host.refused(Operation.TLS_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, options);
    }

    private void assertRefused(ErrorCode code, String word, Map<String, ? extends Object> options) {
        RequestFailedException error = refused(options);
        assertThat(error.errorCode()).as(error.text()).isEqualTo(code);
        assertThat(error.text()).isNotEmpty().contains(word);
    }

    @Test
    void certificatesThatAreNotGoodAreRefused() throws Exception {
        byte[] authority = Certificates.der(Certificates.AUTHORITY);
        assertCertificateRefused(Certificates.SERVER, trusting(Certificates.OTHER_AUTHORITY));
        assertCertificateRefused(Certificates.SELF_SIGNED, trusting(Certificates.AUTHORITY));
        assertCertificateRefused(Certificates.WRONG_NAME, trusting(Certificates.AUTHORITY));
        assertCertificateRefused(Certificates.EXPIRED, trusting(Certificates.AUTHORITY));
        assertCertificateRefused(Certificates.SERVER, Map.of("ca", authority, "server_name", "elsewhere.test"));
        assertCertificateRefused(
                Certificates.SELF_SIGNED, Map.of("verify", true, "ca", authority, "server_name", NAME));
    }

    private void assertCertificateRefused(X509Bundle certificate, Map<String, Object> options) throws Exception {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            Future<SSLSocket> accepting = TlsPeer.accept(peer, certificate, protocol);

            assertRefused(ErrorCode.CERTIFICATE, "", options);

            // It has not even seen the end of the handshake, so there was no byte of the application.
            assertThat(TlsPeer.failure(accepting)).isInstanceOf(IOException.class);
        }
        assertThat(host.info().get("channels")).isEqualTo(0L);
    }

    @Test
    void verificationNeedsAnAuthorityAndAName() {
        byte[] authority = Certificates.der(Certificates.AUTHORITY);
        assertRefused(ErrorCode.BAD_REQUEST, "ca", Map.of("server_name", NAME));
        assertRefused(ErrorCode.BAD_REQUEST, "ca", Map.of("server_name", NAME, "verify", true));
        assertRefused(ErrorCode.BAD_REQUEST, "server_name", Map.of("ca", authority));
    }

    @Test
    void wrongOptionsAreNamed() {
        Map<String, Object> wrong = Map.of(
                "verify", 0,
                "server_name", 5,
                "ca", "a file",
                "no_delay", 1,
                "connect_timeout_ms", "soon");
        wrong.forEach((name, value) -> {
            Map<String, Object> options = new HashMap<>(trusting(Certificates.AUTHORITY));
            options.put(name, value);
            assertRefused(ErrorCode.BAD_REQUEST, name, options);
        });
        assertRefused(ErrorCode.BAD_REQUEST, "ca", Map.of("server_name", NAME, "ca", Peer.content(300)));
        for (String name : List.of("shiny", "certificate")) {
            Map<String, Object> options = new HashMap<>(trusting(Certificates.AUTHORITY));
            options.put(name, new byte[1]);
            assertRefused(ErrorCode.UNSUPPORTED, name, options);
        }
    }

    @Test
    void optionsOfTlsAreNotThoseOfTcp() {
        for (String name : List.of("server_name", "ca", "verify")) {
            RequestFailedException error =
                    host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, Map.of(name, true));
            assertThat(error.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(error.text()).contains(name);
        }
    }

    @Test
    void aServerWithoutTlsIsRefused() throws Exception {
        for (byte[] word : List.of(
                "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                Peer.content(3000),
                new byte[0])) {
            Peer.thread(() -> {
                Socket socket = peer.accept();
                socket.getOutputStream().write(word);
                socket.shutdownOutput();
            });
            assertRefused(ErrorCode.TLS, "", trusting(Certificates.AUTHORITY));
        }
        connectAfterFailure();
    }

    private void connectAfterFailure() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
        connect(0);
        TlsPeer.get(accepting);
    }

    @Test
    void nobodyListeningIsAnErrorOfTcp() throws Exception {
        RequestFailedException error = host.refused(
                Operation.TLS_CONNECT,
                0,
                Peer.localhost(),
                Peer.closedPort(),
                CREDIT,
                trusting(Certificates.AUTHORITY));

        assertThat(error.errorCode()).isEqualTo(ErrorCode.CONNECTION_REFUSED);
    }

    @Test
    void aSilentServerStopsNothingElse() throws Exception {
        try (Peer silent = new Peer()) {
            Future<?> connecting = host.begin(
                    Operation.TLS_CONNECT,
                    Host.NO_DEADLINE,
                    0,
                    Peer.localhost(),
                    silent.port(),
                    CREDIT,
                    trusting(Certificates.AUTHORITY));
            Socket stuck = silent.accept();
            peer.echo();
            HostChannel other = host.connect(2, peer.port(), CREDIT);
            other.grantBack();
            byte[] content = Peer.content(20_000);
            other.send(content);
            assertThat(other.receive(content.length)).isEqualTo(content);
            host.request(Operation.PING);
            assertThat(connecting.isDone()).isFalse();

            connecting.cancel(false);
            Peer.awaitEnd(stuck);
        }
        try (Peer next = new Peer()) {
            Future<SSLSocket> accepting = TlsPeer.accept(next, Certificates.SERVER);
            host.connectTls(0, next.port(), CREDIT, trusting(Certificates.AUTHORITY));
            TlsPeer.get(accepting);
        }
    }

    @Test
    void theTimeoutIncludesTheHandshake() throws Exception {
        Map<String, Object> options = new HashMap<>(trusting(Certificates.AUTHORITY));
        options.put("connect_timeout_ms", 200);

        assertRefused(ErrorCode.TIMED_OUT, "", options);

        Peer.awaitEnd(peer.accept());
        connectAfterFailure();
    }
}
