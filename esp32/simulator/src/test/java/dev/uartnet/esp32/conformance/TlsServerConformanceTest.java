package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: TLS on the device, as a server. */
@EachDeviceWithTls
class TlsServerConformanceTest extends ConformanceTest {
    private static final int CREDIT = 8192;
    private static final int MANY = 1000;

    private Host host;
    private Clients clients;

    @BeforeEach
    void open() throws Exception {
        host = new Host(device());
        clients = new Clients();
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        clients.close();
    }

    private static Map<String, Object> identity(X509Bundle bundle) {
        return Map.of("certificate", Certificates.der(bundle), "key", Certificates.keyDer(bundle));
    }

    private HostListener listen(int connections) throws IOException {
        return host.listen(Operation.TLS_LISTEN, 0, 0, 0, connections, CREDIT, identity(Certificates.SERVER));
    }

    private SSLSocket client(HostListener listener, String... protocols) throws IOException {
        return TlsPeer.client(
                Certificates.AUTHORITY, TestNameServer.SERVER, clients.connect(listener.port()), protocols);
    }

    private void assertEchoes(HostListener listener, int bytes, String... protocols) throws IOException {
        byte[] content = Peer.content(bytes);
        try (SSLSocket client = client(listener, protocols)) {
            Peer.thread(() -> client.getOutputStream().write(content));
            assertThat(client.getInputStream().readNBytes(bytes)).isEqualTo(content);
        }
    }

    // Good clients

    @Test
    void goodClientsGetTheirEcho() throws Exception {
        HostListener listener = listen(MANY);
        listener.serve(HostChannel::echo);
        for (int i = 0; i < 5; i++) {
            assertEchoes(listener, 3000 + i);
        }
    }

    @Test
    void clientsOfTlsOneTwoAreUnderstood() throws Exception {
        HostListener listener = listen(MANY);
        listener.serve(HostChannel::echo);

        assertEchoes(listener, 3000, "TLSv1.2");
    }

    @Test
    void clientsOfTlsOneThreeAreUnderstood() throws Exception {
        HostListener listener = listen(MANY);
        listener.serve(HostChannel::echo);

        assertEchoes(listener, 3000, "TLSv1.3");
    }

    @Test
    void anAcceptedConnectionTellsItsAddresses() throws Exception {
        HostListener listener = listen(MANY);
        SSLSocket client = client(listener);
        Peer.thread(client::startHandshake);

        HostChannel channel = listener.accept();

        assertThat(channel.number()).isEqualTo(1);
        assertThat(channel.local()).isEqualTo(client.getRemoteSocketAddress());
        assertThat(channel.remote()).isEqualTo(client.getLocalSocketAddress());
    }

    @Test
    void muchComesBackExactly() throws Exception {
        HostListener listener = listen(MANY);
        listener.serve(HostChannel::echo);

        assertEchoes(listener, 200_000);
    }

    @Test
    void fourClientsAtOnce() throws Exception {
        HostListener listener = listen(MANY);
        List<SSLSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SSLSocket client = client(listener);
            sockets.add(client);
            Peer.thread(client::startHandshake);
        }
        for (int i = 0; i < 4; i++) {
            listener.accept().echo();
        }
        for (SSLSocket client : sockets) {
            client.getOutputStream().write(Peer.content(2000));
        }
        for (SSLSocket client : sockets) {
            assertThat(client.getInputStream().readNBytes(2000)).isEqualTo(Peer.content(2000));
        }
    }

    @Test
    void anOrderlyEndIsOneOfTlsToo() throws Exception {
        HostListener listener = listen(MANY);
        SSLSocket client = client(listener, "TLSv1.2");
        Peer.thread(client::startHandshake);
        HostChannel channel = listener.accept();
        channel.send(Peer.content(3000));
        channel.sendClose();

        // Without close_notify this would fail.
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(Peer.content(3000));
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theClientsEndComesBehindItsBytes() throws Exception {
        HostListener listener = listen(MANY);
        SSLSocket client = client(listener, "TLSv1.3");
        Peer.thread(() -> {
            client.getOutputStream().write(Peer.content(3000));
            client.shutdownOutput();
        });
        HostChannel channel = listener.accept();

        assertThat(channel.receiveAll()).isEqualTo(Peer.content(3000));
        channel.send(Peer.content(2000));
        channel.sendEof();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(Peer.content(2000));
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void certificateAndKeyMayBeBlobs() throws Exception {
        host.writeBlob(0, Certificates.der(Certificates.RSA_SERVER));
        host.writeBlob(1, Certificates.keyDer(Certificates.RSA_SERVER));
        HostListener listener =
                host.listen(Operation.TLS_LISTEN, 0, 0, 0, MANY, CREDIT, Map.of("certificate", 0, "key", 1));
        listener.serve(HostChannel::echo);

        byte[] content = Peer.content(3000);
        SSLSocket client =
                TlsPeer.client(Certificates.RSA_AUTHORITY, TestNameServer.SERVER, clients.connect(listener.port()));
        client.getOutputStream().write(content);
        assertThat(client.getInputStream().readNBytes(content.length)).isEqualTo(content);
    }

    // What cannot be opened

    @Test
    void certificateAndKeyAreNeeded() {
        byte[] certificate = Certificates.der(Certificates.SERVER);
        byte[] key = Certificates.keyDer(Certificates.SERVER);
        assertBadRequest("certificate", Map.of());
        assertBadRequest("certificate", Map.of("key", key));
        assertBadRequest("key", Map.of("certificate", certificate));
        assertBadRequest("certificate", Map.of("certificate", Peer.content(300), "key", key));
        assertBadRequest("key", Map.of("certificate", certificate, "key", Peer.content(100)));
        assertBadRequest("certificate", Map.of("certificate", "a file", "key", key));
        assertBadRequest("", Map.of("certificate", certificate, "key", 77));
    }

    private void assertBadRequest(String word, Map<String, Object> options) {
        RequestFailedException error = host.refused(Operation.TLS_LISTEN, 0, Peer.localhost(), 0, 0, MANY, options);
        assertThat(error.errorCode()).as(error.text()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(error.text()).contains(word);
    }

    // Bad clients

    @Test
    void clientsWithoutTlsAreClosedAndCounted() throws Exception {
        long refused = host.counter("refused");
        HostListener listener = listen(1); // they take none of it
        for (int i = 0; i < 3; i++) {
            Socket client = clients.connect(listener.port());
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Peer.awaitEnd(client);
        }
        Socket hasty = clients.connect(listener.port());
        hasty.shutdownOutput();
        Peer.awaitEnd(hasty);
        host.request(Operation.PING);
        assertThat(listener.waiting()).isZero();
        assertThat(host.counter("refused")).isEqualTo(refused + 4);

        listener.serve(HostChannel::echo);
        assertEchoes(listener, 2000);
    }

    @Test
    void aClientThatDoesNotTrustUsIsCounted() throws Exception {
        long refused = host.counter("refused");
        HostListener listener = listen(MANY);
        SSLSocket client = TlsPeer.client(
                Certificates.OTHER_AUTHORITY, TestNameServer.SERVER, clients.connect(listener.port()), "TLSv1.2");

        assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
        Peer.thread(client::close);

        listener.serve(HostChannel::echo);
        assertEchoes(listener, 2000);
        assertThat(host.counter("refused")).isEqualTo(refused + 1);
    }

    @Test
    void clientsThatAreStuckStopNobody() throws Exception {
        try (Peer peer = new Peer()) {
            peer.echo();
            HostListener listener = listen(MANY);
            listener.serve(HostChannel::echo);
            Socket stuck = clients.connect(listener.port());
            stuck.getOutputStream().write(22); // and never the rest of the record
            assertEchoes(listener, 2000);

            List<Socket> more = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                more.add(clients.connect(listener.port()));
            }
            HostChannel other = host.connect(2, peer.port(), CREDIT);
            other.grantBack();
            byte[] content = Peer.content(20_000);
            other.send(content);
            assertThat(other.receive(content.length)).isEqualTo(content);
            host.request(Operation.PING);

            for (Socket socket : more) {
                socket.close();
            }
            stuck.close();
            assertEchoes(listener, 2000);
        }
    }

    @Test
    void theCreditOfConnectionsIsKept() throws Exception {
        HostListener listener = listen(1);
        SSLSocket first = client(listener);
        Peer.thread(first::startHandshake);
        listener.accept();
        SSLSocket second = client(listener);
        Peer.thread(second::startHandshake);
        host.request(Operation.PING);
        assertThat(listener.waiting()).isZero();

        listener.grant(1);

        listener.accept().send(Peer.content(10));
        assertThat(second.getInputStream().readNBytes(10)).isEqualTo(Peer.content(10));
    }

    // Ends

    @Test
    void handshakesEndWithTheirListener() throws Exception {
        HostListener listener = listen(MANY);
        Socket stuck = clients.connect(listener.port());
        stuck.getOutputStream().write(22);
        assertFirstClientPasses(listener);

        listener.sendClose();

        assertThat(listener.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        Peer.awaitEnd(stuck);
    }

    /** So that the device has taken those who came before. */
    private void assertFirstClientPasses(HostListener listener) throws Exception {
        SSLSocket client = client(listener);
        Peer.thread(client::startHandshake);
        listener.accept();
    }

    @Test
    void theEndOfTheSessionResetsEverything() throws Exception {
        HostListener listener = listen(MANY);
        Socket stuck = clients.connect(listener.port());
        stuck.getOutputStream().write(22);
        SSLSocket client = client(listener);
        Peer.thread(client::startHandshake);
        listener.accept();

        host.close();

        assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
        Peer.awaitEnd(stuck);
        host = new Host(device());
        host.listen(Operation.TLS_LISTEN, 0, listener.port(), 0, MANY, CREDIT, identity(Certificates.SERVER));
    }
}
