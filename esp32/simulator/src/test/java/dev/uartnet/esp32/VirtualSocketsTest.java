package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.conformance.BlockingCalls;
import dev.uartnet.esp32.conformance.Device;
import dev.uartnet.esp32.conformance.Leaks;
import dev.uartnet.esp32.conformance.Peer;
import dev.uartnet.esp32.conformance.RawHost;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the sockets of a virtual device have beyond what every device must do: its own limits. */
@Timeout(30)
class VirtualSocketsTest {
    private static final long RESPONSE = 2;
    private static final long CHANNEL_ACCEPT = 20;
    private static final int HANDSHAKES_MAX = 8;

    static {
        Leaks.watch();
        BlockingCalls.watch();
    }

    @AfterAll
    static void nothingLeakedOrBlocked() {
        Leaks.assertNone();
        BlockingCalls.assertNone();
    }

    @Test
    void theLargestDatagramFollowsTheCredit() throws Exception {
        assertThat(creditAndLargest(4096)).containsExactly(4096L, 3048L);
        assertThat(creditAndLargest(1)).containsExactly(2048L, 1512L);
        assertThat(creditAndLargest(1 << 20)).containsExactly(1L << 20, 65_507L);
    }

    private static List<@Nullable Object> creditAndLargest(int channelCredit) throws Exception {
        VirtualEsp32 esp32 = VirtualEsp32.builder().channelCredit(channelCredit).build();
        try (Device device = Device.inMemory(esp32);
                RawHost host = new RawHost(device)) {
            host.begin();
            host.send(1, 1, Operation.UDP_BIND, 0, 0, Peer.localhost(), 0, 0, Map.of());
            return host.receive().subList(4, 6);
        }
    }

    @Test
    void aListenerGoesOnWhenAllItsHandshakesHaveSucceeded() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=server.test")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Map<String, Object> options = Map.of(
                "certificate", certificate.getCertificate().getEncoded(),
                "key", certificate.getKeyPair().getPrivate().getEncoded());
        List<Socket> clients = new ArrayList<>();
        try (Device device = Device.inMemory(VirtualEsp32.builder().build());
                RawHost host = new RawHost(device)) {
            host.begin(64, 60_000); // a slow machine takes its time for TLS, and this host is silent
            host.send(1, 1, Operation.TLS_LISTEN, 0, 0, Peer.localhost(), 0, 0, 100, options);
            List<@Nullable Object> bound = host.receive();
            assertThat(bound.get(0)).isEqualTo(RESPONSE);
            int port = ((Long) bound.get(3)).intValue();
            // One more than may do their handshakes at the same time; it stands behind all others.
            for (int i = 0; i <= HANDSHAKES_MAX; i++) {
                clients.add(new Socket(InetAddress.getByAddress(Peer.localhost()), port));
            }

            clients.forEach(VirtualSocketsTest::handshake);

            for (long i = 0; i <= HANDSHAKES_MAX; i++) {
                assertThat(nextAccept(host).subList(0, 3)).containsExactly(CHANNEL_ACCEPT, 0L, 2 * i + 1);
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** What else comes meanwhile is of connections that are there already. */
    private static List<@Nullable Object> nextAccept(RawHost host) throws Exception {
        List<@Nullable Object> message = host.receive();
        while (!Long.valueOf(CHANNEL_ACCEPT).equals(message.get(0))) {
            message = host.receive();
        }
        return message;
    }

    private static void handshake(Socket plain) {
        Peer.thread(() -> {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
                SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "server.test", 0, true);
                socket.startHandshake();
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        });
    }
}
