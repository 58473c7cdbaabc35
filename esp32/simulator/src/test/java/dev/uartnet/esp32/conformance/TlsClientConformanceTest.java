package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: TLS on the device, as a client. */
@EachDeviceWithTls
class TlsClientConformanceTest extends ConformanceTest {
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

    // Handshakes

    @Test
    void theDeviceSaysThatItHasTls() {
        assertThat(host.session().features() & Feature.TLS).isNotZero();
    }

    @Test
    void aVerifiedConnectionEchoes() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);

        List<@Nullable Object> opened = host.request(
                Operation.TLS_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, trusting(Certificates.AUTHORITY));

        SSLSocket socket = TlsPeer.get(accepting);
        assertThat(Host.address(opened.get(0), opened.get(1))).isEqualTo(socket.getRemoteSocketAddress());
        assertThat(Host.address(opened.get(2), opened.get(3))).isEqualTo(socket.getLocalSocketAddress());
        List<?> names = ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames();
        assertThat(names).as("SNI").singleElement().isEqualTo(new SNIHostName(NAME));
    }

    @Test
    void theNameThatWasAskedForIsTheServersName() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);

        host.request(
                Operation.TLS_CONNECT,
                0,
                NAME,
                peer.port(),
                CREDIT,
                Map.of("ca", Certificates.der(Certificates.AUTHORITY)));

        List<?> names = ((ExtendedSSLSession) TlsPeer.get(accepting).getSession()).getRequestedServerNames();
        assertThat(names).singleElement().isEqualTo(new SNIHostName(NAME));
    }

    @Test
    void withoutVerificationAnyCertificateWillDo() throws Exception {
        for (X509Bundle certificate :
                List.of(Certificates.SERVER, Certificates.SELF_SIGNED, Certificates.EXPIRED, Certificates.WRONG_NAME)) {
            Future<SSLSocket> accepting = TlsPeer.accept(peer, certificate);
            HostChannel channel = host.connectTls(0, peer.port(), CREDIT, Map.of("verify", false));
            SSLSocket socket = TlsPeer.get(accepting);
            socket.getOutputStream().write(5);
            assertThat(channel.receive(1)).containsExactly(5);
            channel.sendClose();
            channel.awaitClose();
        }
    }

    @Test
    void serversOfTlsOneTwoAreUnderstood() throws Exception {
        assertEchoes(Certificates.SERVER, trusting(Certificates.AUTHORITY), "TLSv1.2");
    }

    @Test
    void serversOfTlsOneThreeAreUnderstood() throws Exception {
        assertEchoes(Certificates.SERVER, trusting(Certificates.AUTHORITY), "TLSv1.3");
    }

    @Test
    void rsaIsUnderstood() throws Exception {
        host.writeBlob(3, Certificates.der(Certificates.RSA_AUTHORITY));
        assertEchoes(Certificates.RSA_SERVER, Map.of("ca", 3, "server_name", NAME));
    }

    private void assertEchoes(X509Bundle certificate, Map<String, Object> options, String... protocols)
            throws Exception {
        TlsPeer.echo(peer, certificate, protocols);
        HostChannel channel = host.connectTls(0, peer.port(), CREDIT, options);
        byte[] content = Peer.content(5000);
        channel.grantBack();
        channel.send(content);
        assertThat(channel.receive(content.length)).isEqualTo(content);
        channel.sendEof();
        channel.sendClose();
        channel.awaitClose();
    }

    // Data

    @Test
    void muchComesBackExactly() throws Exception {
        try (Peer slow = Peer.withSmallBuffer()) {
            TlsPeer.echo(slow, Certificates.SERVER);
            Map<String, Object> options = new HashMap<>(trusting(Certificates.AUTHORITY));
            options.put("send_buffer", Peer.SMALL_BUFFER_BYTES);
            HostChannel channel = host.connectTls(0, slow.port(), CREDIT, options);
            byte[] content = Peer.content(1 << 20);
            Peer.thread(() -> {
                try {
                    channel.send(content);
                } catch (InterruptedException | AssertionError e) {
                    channel.fail(e);
                }
            });
            channel.awaitReceived(CREDIT); // and now nobody reads, until we say so
            host.request(Operation.PING);
            channel.grantBack();
            channel.grant(CREDIT);

            assertThat(channel.receive(content.length)).isEqualTo(content);
            channel.sendEof();
            channel.sendClose();
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void bothDirectionsWorkAtOnce() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
        HostChannel channel = connect(0);
        channel.grantBack();
        SSLSocket socket = TlsPeer.get(accepting);
        byte[] down = Peer.content(100_000);
        byte[] up = Peer.content(100_001);
        Peer.thread(() -> socket.getOutputStream().write(down));
        Peer.thread(() -> {
            try {
                channel.send(up);
            } catch (InterruptedException | AssertionError e) {
                channel.fail(e);
            }
        });

        assertThat(socket.getInputStream().readNBytes(up.length)).isEqualTo(up);
        assertThat(channel.receive(down.length)).isEqualTo(down);
    }

    @Test
    void theCreditIsKept() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
        HostChannel channel = host.connectTls(0, peer.port(), 10, trusting(Certificates.AUTHORITY));
        byte[] content = Peer.content(3000);
        TlsPeer.get(accepting).getOutputStream().write(content); // one record: the device has more than it may pass on

        assertThat(channel.receive(10)).isEqualTo(Arrays.copyOf(content, 10));
        host.request(Operation.PING);
        assertThat(channel.receivedBytes()).isZero();
        channel.grant(CREDIT);
        assertThat(channel.receive(2990)).isEqualTo(Arrays.copyOfRange(content, 10, 3000));
    }

    // Ends

    @Test
    void thePeersEndIsNotOurs() throws Exception {
        // Before TLS 1.3 (RFC 8446, section 6.1), who gets close_notify must not send any more.
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER, "TLSv1.3");
        HostChannel channel = connect(0);
        SSLSocket socket = TlsPeer.get(accepting);
        byte[] question = Peer.content(300);
        byte[] answer = Peer.content(3000);

        socket.getOutputStream().write(question);
        socket.shutdownOutput();
        assertThat(channel.receiveAll()).isEqualTo(question);
        channel.send(answer);
        channel.sendEof();

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(answer);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void thePeersEndComesBehindItsBytes() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER, "TLSv1.2");
        HostChannel channel = connect(0);
        SSLSocket socket = TlsPeer.get(accepting);

        socket.getOutputStream().write(Peer.content(3000));
        socket.shutdownOutput();

        assertThat(channel.receiveAll()).isEqualTo(Peer.content(3000));
        channel.sendEof();
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        assertThat(socket.getInputStream().read()).isNegative();
    }

    @Test
    void whatComesBehindOurEndArrivesByTlsOneTwo() throws Exception {
        assertAnswered("TLSv1.2");
    }

    @Test
    void whatComesBehindOurEndArrivesByTlsOneThree() throws Exception {
        assertAnswered("TLSv1.3");
    }

    private void assertAnswered(String protocol) throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER, protocol);
        HostChannel channel = connect(0);
        SSLSocket socket = TlsPeer.get(accepting);
        byte[] question = Peer.content(300);
        byte[] answer = Peer.content(3000);

        channel.send(question);
        channel.sendEof();
        assertThat(socket.getInputStream().readNBytes(question.length)).isEqualTo(question);
        socket.getOutputStream().write(answer);
        socket.shutdownOutput();

        assertThat(channel.receiveAll()).isEqualTo(answer);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        assertThat(socket.getInputStream().read()).isNegative();
    }

    @Test
    void closeWritesWhatItHolds() throws Exception {
        for (int i = 0; i < 5; i++) {
            Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
            HostChannel channel = connect(0);
            byte[] content = Peer.content(Math.min(5000, channel.firstCredit()));
            channel.send(content);
            channel.sendClose();

            try (SSLSocket socket = TlsPeer.get(accepting)) {
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(content);
            }
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void whatIsCutShortDoesNotLookWhole() throws Exception {
        HostChannel channel = host.channel(0, CREDIT);
        Socket plain = connectAndTakeThePlainSocket(channel);

        plain.shutdownOutput(); // FIN without close_notify

        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CONNECTION_RESET);
        channel.sendClose();
        Future<SSLSocket> next = TlsPeer.accept(peer, Certificates.SERVER);
        connect(0);
        TlsPeer.get(next);
    }

    @Test
    void aResetIsTold() throws Exception {
        HostChannel channel = host.channel(0, CREDIT);
        Socket plain = connectAndTakeThePlainSocket(channel);

        Peer.reset(plain);

        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CONNECTION_RESET);
    }

    @Test
    void whatIsNoRecordIsNoData() throws Exception {
        HostChannel channel = host.channel(0, CREDIT);
        Socket plain = connectAndTakeThePlainSocket(channel);

        plain.getOutputStream().write(Peer.content(2000));

        assertThat(channel.awaitClose().code()).isNotEqualTo(ErrorCode.NONE);
        assertThat(channel.receivedBytes()).isZero();
    }

    /** A TLS connection over which 300 bytes come, without the peer's TLS from then on. */
    private Socket connectAndTakeThePlainSocket(HostChannel channel) throws Exception {
        CompletableFuture<Socket> taken = new CompletableFuture<>();
        Peer.thread(() -> {
            Socket plain = peer.accept();
            OutputStream out = TlsPeer.server(Certificates.SERVER, plain).getOutputStream();
            out.write(Peer.content(300)); // the handshake comes before it
            taken.complete(plain);
        });
        channel.opened(host.request(
                Operation.TLS_CONNECT,
                channel.number(),
                Peer.localhost(),
                peer.port(),
                CREDIT,
                trusting(Certificates.AUTHORITY)));
        assertThat(channel.receive(300)).isEqualTo(Peer.content(300));
        return taken.get();
    }

    @Test
    void closeWithAnErrorResetsTheConnection() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
        HostChannel channel = connect(0);
        SSLSocket socket = TlsPeer.get(accepting);

        channel.sendClose(ErrorCode.CANCELLED);

        assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
        channel.awaitClose();
    }

    @Test
    void theEndOfTheSessionResetsConnections() throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
        connect(0);
        SSLSocket socket = TlsPeer.get(accepting);

        host.close();

        assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
    }
}
