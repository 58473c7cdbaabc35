package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: blobs, by which certificates come. */
@EachDeviceWithTls
class BlobConformanceTest extends ConformanceTest {
    private static final int CREDIT = 8192;
    private static final int BYTES_MAX = 16_384;

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

    /** Connects with the authority's certificate in that blob. */
    private void connect(int blob) throws Exception {
        Future<SSLSocket> accepting = TlsPeer.accept(peer, Certificates.SERVER);
        HostChannel channel = host.connectTls(0, peer.port(), CREDIT, naming(blob));
        TlsPeer.get(accepting);
        channel.sendClose();
        channel.awaitClose();
    }

    private static Map<String, Object> naming(int blob) {
        return Map.of("ca", blob, "server_name", TestNameServer.SERVER);
    }

    private void assertUnknown(int blob) {
        RequestFailedException error =
                host.refused(Operation.TLS_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, naming(blob));
        assertThat(error.errorCode()).as(error.text()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(error.text()).isNotEmpty();
    }

    @Test
    void aBlobComesInAnyPieces() throws Exception {
        byte[] authority = Certificates.der(Certificates.AUTHORITY);
        for (int piece : new int[] {1000, 100, 7}) {
            for (int at = 0; at < authority.length; at += piece) {
                int end = Math.min(at + piece, authority.length);
                assertThat(host.request(Operation.BLOB_WRITE, 255, Arrays.copyOfRange(authority, at, end)))
                        .containsExactly((long) end);
            }
            assertThat(host.request(Operation.BLOB_WRITE, 255, new byte[0])).containsExactly((long) authority.length);
            connect(255);
        }
    }

    @Test
    void aRequestConsumesItsBlob() throws Exception {
        byte[] authority = Certificates.der(Certificates.AUTHORITY);
        host.writeBlob(0, authority);
        connect(0);
        assertUnknown(0);

        host.writeBlob(0, authority);
        connect(0);
    }

    @Test
    void aRequestThatFailsConsumesItsBlobToo() throws Exception {
        byte[] authority = Certificates.der(Certificates.AUTHORITY);
        host.writeBlob(0, authority);
        RequestFailedException refused =
                host.refused(Operation.TLS_CONNECT, 0, Peer.localhost(), Peer.closedPort(), CREDIT, naming(0));
        assertThat(refused.errorCode()).isEqualTo(ErrorCode.CONNECTION_REFUSED);
        assertUnknown(0);

        host.writeBlob(0, authority);
        Map<String, Object> wrong = new HashMap<>(naming(0));
        wrong.put("no_delay", "yes");
        RequestFailedException bad =
                host.refused(Operation.TLS_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, wrong);
        assertThat(bad.errorCode()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertUnknown(0);
    }

    @Test
    void anUnknownBlobIsRefused() {
        assertUnknown(0);
        assertUnknown(255);
        assertUnknown(256);
        assertUnknown(-1);
    }

    @Test
    void blobsTogetherAreBounded() throws Exception {
        for (int blob = 0; blob < 8; blob++) {
            host.writeBlob(blob, new byte[BYTES_MAX / 8]);
        }
        for (int blob : new int[] {0, 9}) {
            RequestFailedException error = host.refused(Operation.BLOB_WRITE, blob, new byte[1]);
            assertThat(error.errorCode()).isEqualTo(ErrorCode.NO_RESOURCES);
        }
        assertUnknown(7); // its bytes are no certificate, but now there is room
        byte[] authority = Certificates.der(Certificates.AUTHORITY);
        host.writeBlob(9, authority);
        connect(9);
    }

    @Test
    void blobsEndWithTheirSession() throws Exception {
        host.writeBlob(0, Certificates.der(Certificates.AUTHORITY));
        host.writeBlob(1, new byte[BYTES_MAX / 2]);

        host.close();
        host = new Host(device());

        assertUnknown(0);
        host.writeBlob(0, new byte[BYTES_MAX]);
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertBadRequest("blob", -1, new byte[1]);
        assertBadRequest("blob", 256, new byte[1]);
        assertBadRequest("blob", "0", new byte[1]);
        assertBadRequest("bin", 0, "text");
        assertBadRequest("bin", 0, null);
    }

    private void assertBadRequest(String word, @Nullable Object... args) {
        RequestFailedException error = host.refused(Operation.BLOB_WRITE, args);
        assertThat(error.errorCode()).as(Arrays.deepToString(args)).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(error.text()).contains(word);
    }
}
