package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: the options of sockets, where they open and by SOCKET_OPTION. */
@EachDevice
class SocketOptionConformanceTest extends ConformanceTest {
    private static final int CREDIT = 8192;
    private static final int BUFFER_BYTES = 20_000;
    /** Any of 127.0.0.0/8 is the loopback's. */
    private static final byte[] OTHER_LOCALHOST = {127, 0, 0, 2};

    private static final byte[] NOT_OURS = {(byte) 192, 0, 2, 1};

    private static final Map<String, Object> CONNECTION =
            Map.of("no_delay", true, "keep_alive", true, "receive_buffer", BUFFER_BYTES, "send_buffer", BUFFER_BYTES);

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

    private @Nullable Object option(int channel, String name, @Nullable Object value) throws IOException {
        List<@Nullable Object> answer = host.request(Operation.SOCKET_OPTION, channel, name, value);
        assertThat(answer).hasSize(1);
        return answer.get(0);
    }

    private void assertRefused(ErrorCode code, String word, int operation, @Nullable Object... args) {
        RequestFailedException error = host.refused(operation, args);
        assertThat(error.errorCode())
                .as(Arrays.deepToString(args) + ": " + error.text())
                .isEqualTo(code);
        assertThat(error.text()).contains(word);
    }

    // By SOCKET_OPTION

    @Test
    void aConnectionHasItsOptions() throws Exception {
        host.connect(0, peer.port(), CREDIT);

        assertSettable(0, "no_delay");
        assertSettable(0, "keep_alive");
        assertSettable(0, "reuse_address");
        assertBuffersSettable(0);
    }

    @Test
    void aListenerHasItsOptions() throws Exception {
        host.listen(0, 10, CREDIT);

        assertThat(option(0, "reuse_address", null)).isIn(true, null);
        assertSettable(0, "no_delay");
        assertSettable(0, "keep_alive");
        assertSettable(0, "reuse_address");
        assertBuffersSettable(0);
    }

    @Test
    void aDatagramSocketHasItsOptions() throws Exception {
        host.bind(0, CREDIT);

        assertSettable(0, "broadcast");
        assertSettable(0, "reuse_address");
        assertBuffersSettable(0);
    }

    private void assertSettable(int channel, String name) throws IOException {
        for (boolean value : new boolean[] {true, false, true}) {
            assertThat(option(channel, name, value)).as(name).isEqualTo(value);
            assertThat(option(channel, name, null)).as(name).isEqualTo(value);
        }
    }

    private void assertBuffersSettable(int channel) throws IOException {
        for (String name : List.of("receive_buffer", "send_buffer")) {
            assertBuffer(option(channel, name, BUFFER_BYTES));
            assertBuffer(option(channel, name, null));
        }
    }

    /** Linux takes twice as much. */
    private static void assertBuffer(@Nullable Object value) {
        assertThat(value).isIn((long) BUFFER_BYTES, 2L * BUFFER_BYTES);
    }

    @Test
    void whatWasNeverSetMayBeUnknown() throws Exception {
        host.connect(0, peer.port(), CREDIT);
        host.listen(2, 10, CREDIT);
        host.bind(4, CREDIT);
        for (int channel : new int[] {0, 2, 4}) {
            for (String name : List.of("receive_buffer", "send_buffer")) {
                Object value = option(channel, name, null);
                if (value != null) {
                    assertThat((Long) value).as(name).isPositive();
                }
            }
        }
        assertThat(option(0, "no_delay", null)).isIn(false, true, null);
        assertThat(option(0, "keep_alive", null)).isIn(false, null);
        assertThat(option(4, "broadcast", null)).isIn(false, null);
    }

    @Test
    void whatASocketWasOpenedWithIsInForce() throws Exception {
        host.connect(0, peer.port(), CREDIT, CONNECTION);
        assertThat(option(0, "no_delay", null)).isEqualTo(true);
        assertThat(option(0, "keep_alive", null)).isEqualTo(true);
        assertBuffer(option(0, "receive_buffer", null));
        assertBuffer(option(0, "send_buffer", null));

        host.bind(2, 0, CREDIT, Map.of("broadcast", true, "reuse_address", true, "receive_buffer", BUFFER_BYTES));
        assertThat(option(2, "broadcast", null)).isEqualTo(true);
        assertThat(option(2, "reuse_address", null)).isEqualTo(true);
        assertBuffer(option(2, "receive_buffer", null));
    }

    @Test
    void acceptedConnectionsHaveWhatTheirListenerWasOpenedWith() throws Exception {
        HostListener listener = host.listen(Operation.TCP_LISTEN, 0, 0, 0, 10, CREDIT, CONNECTION);
        try (Clients clients = new Clients()) {
            clients.connect(listener.port());
            int channel = listener.accept().number();
            assertThat(option(channel, "no_delay", null)).isEqualTo(true);
            assertThat(option(channel, "keep_alive", null)).isEqualTo(true);
            assertBuffer(option(channel, "receive_buffer", null));
            assertBuffer(option(channel, "send_buffer", null));
        }
    }

    @Test
    void acceptedConnectionsHaveWhatTheirListenerWasGivenLater() throws Exception {
        HostListener listener = host.listen(0, 10, CREDIT);
        option(0, "no_delay", true);
        try (Clients clients = new Clients()) {
            clients.connect(listener.port());
            int channel = listener.accept().number();
            assertThat(option(channel, "no_delay", null)).isEqualTo(true);
            // It is its own from now on.
            assertThat(option(channel, "no_delay", false)).isEqualTo(false);
            assertThat(option(0, "no_delay", null)).isEqualTo(true);
        }
    }

    @Test
    void anOptionOfAnotherKindOfSocketIsUnsupportedAndNamed() throws Exception {
        host.connect(0, peer.port(), CREDIT);
        host.listen(2, 10, CREDIT);
        host.bind(4, CREDIT);

        for (int channel : new int[] {0, 2, 4}) {
            assertUnsupported(channel, "shiny", true);
            assertUnsupported(channel, "", true);
            assertUnsupported(channel, "connect_timeout_ms", 100);
            assertUnsupported(channel, "local_address", OTHER_LOCALHOST);
            assertUnsupported(channel, "local_port", 1);
        }
        assertUnsupported(0, "broadcast", true);
        assertUnsupported(2, "broadcast", true);
        assertUnsupported(4, "no_delay", true);
        assertUnsupported(4, "keep_alive", true);
        assertUnsupported(4, "no_delay", null);
    }

    private void assertUnsupported(int channel, String name, @Nullable Object value) {
        assertRefused(ErrorCode.UNSUPPORTED, name, Operation.SOCKET_OPTION, channel, name, value);
    }

    @Test
    void wrongArgumentsAreNamed() throws Exception {
        host.connect(0, peer.port(), CREDIT);
        host.bind(2, CREDIT);
        option(0, "no_delay", true);

        assertBadRequest("no_delay", 0, "no_delay", 1);
        assertBadRequest("no_delay", 0, "no_delay", 0);
        assertBadRequest("keep_alive", 0, "keep_alive", "yes");
        assertBadRequest("reuse_address", 0, "reuse_address", 0);
        assertBadRequest("receive_buffer", 0, "receive_buffer", true);
        assertBadRequest("send_buffer", 0, "send_buffer", -1);
        assertBadRequest("broadcast", 2, "broadcast", "yes");
        assertBadRequest("name", 0, 7, true);
        assertBadRequest("channel", "0", "no_delay", true);
        assertBadRequest("channel", 4, "no_delay", true);
        assertBadRequest("channel", 1, "no_delay", true);
        assertThat(option(0, "no_delay", null)).isEqualTo(true);
    }

    private void assertBadRequest(String word, @Nullable Object... args) {
        assertRefused(ErrorCode.BAD_REQUEST, word, Operation.SOCKET_OPTION, args);
    }

    // Where sockets open

    @Test
    void wrongOptionsOfAnOpeningAreNamed() throws Exception {
        byte[] address = Peer.localhost();
        Map<String, Object> wrong = new HashMap<>();
        wrong.put("no_delay", 1);
        wrong.put("keep_alive", "yes");
        wrong.put("reuse_address", 1);
        wrong.put("receive_buffer", "20");
        wrong.put("send_buffer", -1);
        wrong.put("connect_timeout_ms", "1");
        wrong.put("local_address", "127.0.0.1");
        wrong.put("local_port", 65_536);
        wrong.forEach((name, value) -> assertRefused(
                ErrorCode.BAD_REQUEST,
                name,
                Operation.TCP_CONNECT,
                0,
                address,
                peer.port(),
                CREDIT,
                Map.of(name, value)));
        assertRefused(
                ErrorCode.BAD_REQUEST,
                "local_address",
                Operation.TCP_CONNECT,
                0,
                address,
                peer.port(),
                CREDIT,
                Map.of("local_address", new byte[3]));
        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void optionsOfAnotherKindAreUnsupportedWhereASocketOpens() throws Exception {
        byte[] address = Peer.localhost();
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "broadcast",
                Operation.TCP_CONNECT,
                0,
                address,
                peer.port(),
                CREDIT,
                Map.of("broadcast", true));
        for (String name : List.of("no_delay", "keep_alive", "shiny")) {
            assertRefused(ErrorCode.UNSUPPORTED, name, Operation.UDP_BIND, 0, address, 0, CREDIT, Map.of(name, true));
        }
        for (String name : List.of("broadcast", "shiny")) {
            assertRefused(ErrorCode.UNSUPPORTED, name, Operation.TCP_LISTEN, 0, address, 0, 0, 1, Map.of(name, true));
        }
        for (String name : List.of("connect_timeout_ms", "local_port")) {
            assertRefused(ErrorCode.UNSUPPORTED, name, Operation.TCP_LISTEN, 0, address, 0, 0, 1, Map.of(name, 100));
            assertRefused(ErrorCode.UNSUPPORTED, name, Operation.UDP_BIND, 0, address, 0, CREDIT, Map.of(name, 100));
        }
        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void aConnectionComesFromTheAddressAndPortThatItIsTold() throws Exception {
        int port = Peer.closedPort();

        HostChannel both =
                host.connect(0, peer.port(), CREDIT, Map.of("local_address", OTHER_LOCALHOST, "local_port", port));
        Socket socket = peer.accept();
        assertThat(socket.getInetAddress().getAddress()).isEqualTo(OTHER_LOCALHOST);
        assertThat(socket.getPort()).isEqualTo(port);
        assertThat(both.local()).isEqualTo(socket.getRemoteSocketAddress());

        host.connect(2, peer.port(), CREDIT, Map.of("local_address", OTHER_LOCALHOST));
        assertThat(peer.accept().getInetAddress().getAddress()).isEqualTo(OTHER_LOCALHOST);
        int other = Peer.closedPort();
        host.connect(4, peer.port(), CREDIT, Map.of("local_port", other));
        assertThat(peer.accept().getPort()).isEqualTo(other);
    }

    @Test
    void aLocalAddressThatCannotBeHadIsRefused() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertRefused(
                    ErrorCode.ADDRESS_IN_USE,
                    "",
                    Operation.TCP_CONNECT,
                    0,
                    Peer.localhost(),
                    peer.port(),
                    CREDIT,
                    Map.of("local_port", taken.getLocalPort()));
        }
        assertRefused(
                ErrorCode.ADDRESS_NOT_AVAILABLE,
                "",
                Operation.TCP_CONNECT,
                0,
                Peer.localhost(),
                peer.port(),
                CREDIT,
                Map.of("local_address", NOT_OURS));
        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void aListenerWithoutReuseWaitsForThePort() throws Exception {
        HostListener listener = host.listen(0, 10, CREDIT);
        try (Clients clients = new Clients()) {
            Socket client = clients.connect(listener.port());
            HostChannel channel = listener.accept();
            channel.sendEof(); // the device ends it first: it stays in TIME_WAIT
            assertThat(client.getInputStream().read()).isNegative();
            client.close();
            channel.awaitClose();
            channel.sendClose();
            listener.sendClose();
            listener.awaitClose();

            assertRefused(
                    ErrorCode.ADDRESS_IN_USE,
                    "",
                    Operation.TCP_LISTEN,
                    0,
                    Peer.localhost(),
                    listener.port(),
                    0,
                    1,
                    Map.of("reuse_address", false));
            host.listen(Operation.TCP_LISTEN, 0, listener.port(), 0, 1, CREDIT, Map.of("reuse_address", true));
        }
    }
}
