package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections 8 and 9 of PROTOCOL.md: how listeners open and end, and what they announce. */
@EachDevice
class ListenConformanceTest extends ConformanceTest {
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

    private HostListener listen(int port) throws IOException {
        return host.listen(Operation.TCP_LISTEN, 0, port, 0, MANY, CREDIT, Map.of());
    }

    private static void finish(HostChannel channel) throws InterruptedException {
        channel.sendClose();
        channel.awaitClose();
    }

    // Opening

    @Test
    void theDeviceSaysThatItCanListen() {
        assertThat(host.session().features() & Feature.LISTEN).isNotZero();
    }

    @Test
    void aListenerTellsItsAddress() throws Exception {
        HostListener chosen = host.listen(0, 0, 0);
        assertThat(chosen.local().getAddress().getAddress()).isEqualTo(Peer.localhost());
        assertThat(chosen.port()).isPositive();

        int port = Peer.closedPort();
        HostListener given = host.listen(Operation.TCP_LISTEN, 2, port, 0, 0, 0, Map.of());
        assertThat(given.port()).isEqualTo(port);
    }

    @Test
    void withoutAnAddressAListenerHasAll() throws Exception {
        List<@Nullable Object> opened = host.request(Operation.TCP_LISTEN, 0, null, 0, 0, 0, Map.of());

        assertThat((byte[]) opened.get(0)).containsExactly(0, 0, 0, 0);
        clients.connect(Math.toIntExact((Long) opened.get(1)));
    }

    @Test
    void anAcceptedConnectionTellsItsAddresses() throws Exception {
        HostListener listener = listen(0);
        Socket client = clients.connect(listener.port());

        HostChannel channel = listener.accept();

        assertThat(channel.local()).isEqualTo(client.getRemoteSocketAddress());
        assertThat(channel.remote()).isEqualTo(client.getLocalSocketAddress());
        assertThat(channel.firstCredit()).isBetween(0, 16 << 20);
    }

    @Test
    void connectionsGetTheLowestFreeOddNumber() throws Exception {
        HostListener listener = listen(0);
        List<HostChannel> channels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.connect(listener.port());
            channels.add(listener.accept());
            assertThat(channels.get(i).number()).isEqualTo(2 * i + 1);
        }

        finish(channels.get(1));
        host.request(Operation.PING);

        for (int number : new int[] {3, 7}) {
            clients.connect(listener.port());
            assertThat(listener.accept().number()).isEqualTo(number);
        }
    }

    @Test
    void aNumberIsFreeWhenBothEndsHaveClosed() throws Exception {
        HostListener listener = listen(0);
        Peer.reset(clients.connect(listener.port()));
        HostChannel first = listener.accept();
        first.awaitClose();
        host.request(Operation.PING);

        clients.connect(listener.port());
        assertThat(listener.accept().number()).isEqualTo(3);
        first.sendClose();
        host.request(Operation.PING);
        clients.connect(listener.port());
        assertThat(listener.accept().number()).isEqualTo(1);
    }

    @Test
    void twoListenersShareTheNumbers() throws Exception {
        HostListener one = listen(0);
        HostListener other = host.listen(2, MANY, CREDIT);
        clients.connect(one.port());
        assertThat(one.accept().number()).isEqualTo(1);
        clients.connect(other.port());
        assertThat(other.accept().number()).isEqualTo(3);
        assertThat(one.waiting()).isZero();
    }

    // What cannot be opened

    @Test
    void anAddressInUseIsRefused() throws Exception {
        try (Peer peer = new Peer()) {
            assertRefused(ErrorCode.ADDRESS_IN_USE, 98, 0, Peer.localhost(), peer.port());
        }
        HostListener listener = listen(0);
        assertRefused(ErrorCode.ADDRESS_IN_USE, 98, 2, Peer.localhost(), listener.port());
        host.listen(2, 0, 0);
    }

    @Test
    void anAddressThatTheDeviceHasNotIsRefused() throws Exception {
        assertRefused(ErrorCode.ADDRESS_NOT_AVAILABLE, 99, 0, new byte[] {(byte) 192, 0, 2, 1}, 0);
        listen(0);
    }

    private void assertRefused(ErrorCode code, int errno, int channel, byte[] address, int port) {
        RequestFailedException error =
                host.refused(Operation.TCP_LISTEN, channel, address, port, 0, 1, Map.of("credit", CREDIT));
        assertThat(error.errorCode()).isEqualTo(code);
        assertThat(error.errno()).isEqualTo(errno);
        assertThat(error.text()).isNotEmpty();
    }

    @Test
    void aChannelInUseIsRefused() throws Exception {
        listen(0);

        assertThat(host.refused(Operation.TCP_LISTEN, 0, Peer.localhost(), 0, 0, 1, Map.of())
                        .errorCode())
                .isEqualTo(ErrorCode.CHANNEL_IN_USE);
        assertThat(host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), 1, 0, Map.of())
                        .errorCode())
                .isEqualTo(ErrorCode.CHANNEL_IN_USE);
    }

    @Test
    void wrongArgumentsAreNamed() {
        byte[] address = Peer.localhost();
        assertBadRequest("channel", 1, address, 0, 0, 0, Map.of());
        assertBadRequest("channel", null, address, 0, 0, 0, Map.of());
        assertBadRequest("address", 0, new byte[] {127, 0, 0}, 0, 0, 0, Map.of());
        assertBadRequest("address", 0, "localhost", 0, 0, 0, Map.of());
        assertBadRequest("port", 0, address, 65_536, 0, 0, Map.of());
        assertBadRequest("port", 0, address, null, 0, 0, Map.of());
        assertBadRequest("backlog", 0, address, 0, -1, 0, Map.of());
        assertBadRequest("backlog", 0, address, 0, "5", 0, Map.of());
        assertBadRequest("credit", 0, address, 0, 0, -1, Map.of());
        assertBadRequest("credit", 0, address, 0, 0, null, Map.of());
        assertBadRequest("options", 0, address, 0, 0, 0, 5);
        assertBadRequest("credit", 0, address, 0, 0, 0, Map.of("credit", -1));
        assertBadRequest("credit", 0, address, 0, 0, 0, Map.of("credit", (16 << 20) + 1));
        assertBadRequest("no_delay", 0, address, 0, 0, 0, Map.of("no_delay", "yes"));
    }

    private void assertBadRequest(String argument, @Nullable Object... args) {
        RequestFailedException error = host.refused(Operation.TCP_LISTEN, args);
        assertThat(error.errorCode()).as(Arrays.deepToString(args)).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(error.text()).contains(argument);
    }

    // Closing a listener

    @Test
    void connectionsOutliveTheirListener() throws Exception {
        HostListener listener = host.listen(0, 1, CREDIT);
        Socket client = clients.connect(listener.port());
        HostChannel channel = listener.accept();
        Socket waiting = clients.connect(listener.port());
        host.request(Operation.PING);

        listener.sendClose();

        assertThat(listener.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        Peer.awaitEnd(waiting);
        assertThatThrownBy(() -> clients.connect(listener.port())).isInstanceOf(ConnectException.class);
        channel.echo();
        byte[] content = Peer.content(5000);
        assertThat(Clients.roundTrip(client, content)).isEqualTo(content);
    }

    @Test
    void aClosedListenersPortAndChannelAreFree() throws Exception {
        int port = 0;
        for (int i = 0; i < 40; i++) {
            HostListener listener = listen(port);
            clients.connect(listener.port());
            finish(listener.accept()); // the device ends it first: it stays in TIME_WAIT
            listener.sendClose();
            listener.awaitClose();
            port = listener.port();
        }
        assertThat(host.info().get("channels")).isEqualTo(0L);
    }

    @Test
    void anErrorClosesAListenerToo() throws Exception {
        HostListener listener = listen(0);

        listener.sendClose(ErrorCode.CANCELLED);

        listener.awaitClose();
        listen(listener.port());
    }

    @Test
    void aConnectionThatCrossesTheCloseIsReset() throws Exception {
        HostListener listener = host.listen(0, 1, CREDIT);
        Socket client = clients.connect(listener.port());
        HostChannel crossing = listener.accept();
        // As a host that had closed the listener before the device's message came.
        listener.sendClose();
        crossing.sendClose(ErrorCode.CONNECTION_ABORTED);

        assertThat(Peer.awaitReset(client)).isTrue();
        crossing.awaitClose();
        listener.awaitClose();
        assertThat(host.info().get("channels")).isEqualTo(0L);
    }

    @Test
    void connectionsThatComeWhileTheListenerClosesEnd() throws Exception {
        for (int i = 0; i < 20; i++) {
            HostListener listener = listen(0);
            listener.serve(late -> late.sendClose(ErrorCode.CONNECTION_ABORTED));
            Socket client = connectOrBeReset(listener.port());
            listener.sendClose();
            listener.awaitClose();
            if (client != null) {
                Peer.awaitEnd(client);
            }
        }
    }

    /** Returns null if the connection was accepted and given up before connect() has returned. */
    private @Nullable Socket connectOrBeReset(int port) throws IOException {
        try {
            return clients.connect(port);
        } catch (SocketException reset) {
            return null;
        }
    }

    @Test
    void theEndOfTheSessionResetsEverything() throws Exception {
        HostListener listener = host.listen(0, 3, CREDIT);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sockets.add(clients.connect(listener.port()));
        }
        for (int i = 0; i < 3; i++) {
            listener.accept();
        }

        host.close();

        for (Socket socket : sockets) {
            assertThat(Peer.awaitReset(socket)).isTrue();
        }
        host = new Host(device());
        listen(listener.port()).serve(HostChannel::echo);
        byte[] content = Peer.content(1000);
        assertThat(Clients.roundTrip(clients.connect(listener.port()), content)).isEqualTo(content);
    }
}
