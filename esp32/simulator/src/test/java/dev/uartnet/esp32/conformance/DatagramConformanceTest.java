package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.Feature;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections 8 and 9 of PROTOCOL.md, for datagrams. */
@EachDevice
class DatagramConformanceTest extends ConformanceTest {
    private static final int CREDIT = 32_768;
    private static final int DATAGRAMS = 1000;
    /** As many of up to 1,400 bytes fit the sockets' buffers wherever they wait. */
    private static final int ON_THE_WAY = 8;

    private static final byte[] LOOPBACK_BROADCAST = {127, (byte) 255, (byte) 255, (byte) 255};

    private Host host;
    private DatagramPeer peer;

    @BeforeEach
    void open() throws Exception {
        host = new Host(device());
        peer = new DatagramPeer();
    }

    @AfterEach
    void close() {
        host.close();
        peer.close();
    }

    // Opening

    @Test
    void theDeviceSaysThatItHasDatagrams() {
        assertThat(host.session().features() & Feature.UDP).isNotZero();
    }

    @Test
    void aSocketTellsItsAddressAndItsLimits() throws Exception {
        HostDatagrams chosen = host.bind(0, CREDIT);
        assertThat(chosen.local().getAddress().getAddress()).isEqualTo(Peer.localhost());
        assertThat(chosen.port()).isPositive();
        assertThat(chosen.firstCredit()).isBetween(0, 16 << 20);
        assertThat(chosen.largest()).isBetween(512, 65_507);

        List<@Nullable Object> all = host.request(Operation.UDP_BIND, 2, null, 0, CREDIT, Map.of());
        assertThat((byte[]) all.get(0)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void aSocketGetsThePortThatItAsksFor() throws Exception {
        int port = peer.address().getPort();
        peer.close();

        HostDatagrams given = host.bind(0, port, CREDIT, Map.of());

        assertThat(given.port()).isEqualTo(port);
    }

    @Test
    void anAddressInUseIsRefused() throws Exception {
        assertRefused(
                ErrorCode.ADDRESS_IN_USE, 98, Peer.localhost(), peer.address().getPort());
        assertRefused(ErrorCode.ADDRESS_NOT_AVAILABLE, 99, new byte[] {(byte) 192, 0, 2, 1}, 0);
        host.bind(0, CREDIT);
        assertThat(host.refused(Operation.UDP_BIND, 0, Peer.localhost(), 0, CREDIT, Map.of())
                        .errorCode())
                .isEqualTo(ErrorCode.CHANNEL_IN_USE);
    }

    private void assertRefused(ErrorCode code, int errno, byte[] address, int port) {
        RequestFailedException error = host.refused(Operation.UDP_BIND, 0, address, port, CREDIT, Map.of());
        assertThat(error.errorCode()).isEqualTo(code);
        assertThat(error.errno()).isEqualTo(errno);
        assertThat(error.text()).isNotEmpty();
    }

    @Test
    void wrongArgumentsAreNamed() {
        byte[] address = Peer.localhost();
        assertBadRequest("channel", 1, address, 0, 0, Map.of());
        assertBadRequest("channel", -2, address, 0, 0, Map.of());
        assertBadRequest("address", 0, new byte[5], 0, 0, Map.of());
        assertBadRequest("address", 0, "localhost", 0, 0, Map.of());
        assertBadRequest("port", 0, address, -1, 0, Map.of());
        assertBadRequest("port", 0, address, "53", 0, Map.of());
        assertBadRequest("credit", 0, address, 0, -1, Map.of());
        assertBadRequest("credit", 0, address, 0, (16 << 20) + 1, Map.of());
        assertBadRequest("options", 0, address, 0, 0, List.of());
        assertBadRequest("broadcast", 0, address, 0, 0, Map.of("broadcast", 1));
    }

    private void assertBadRequest(String argument, @Nullable Object... args) {
        RequestFailedException error = host.refused(Operation.UDP_BIND, args);
        assertThat(error.errorCode()).as(Arrays.deepToString(args)).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(error.text()).contains(argument);
    }

    // Datagrams

    @Test
    void datagramsOfAnySizeComeBack() throws Exception {
        peer.echo();
        HostDatagrams channel = host.bind(0, 65_531);
        channel.grantBack();
        int largest = channel.largest();
        for (int size :
                new int[] {0, 1, 2, 23, 511, 512, 976, 999, 1000, 1001, 1024, 1472, 2000, 4096, 9000, largest}) {
            if (size <= largest) {
                byte[] content = Peer.content(size);
                channel.send(peer.address(), content);
                DatagramPacket back = channel.receive();
                assertThat(back.getData()).as(size + " bytes").isEqualTo(content);
                assertThat(back.getSocketAddress()).isEqualTo(peer.address());
            }
        }
    }

    @Test
    void aThousandDatagramsKeepTheirBoundaries() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        channel.grantBack();
        channel.echo();
        int sent = 0;
        for (int received = 0; received < DATAGRAMS; received++) {
            while (sent < DATAGRAMS && sent - received < ON_THE_WAY) {
                peer.send(channel.port(), numbered(sent++));
            }
            DatagramPacket back = peer.receivePacket();
            assertThat(Arrays.copyOf(back.getData(), back.getLength())).isEqualTo(numbered(received));
            assertThat(back.getSocketAddress()).isEqualTo(channel.local());
        }
    }

    /** Each of another size and content than those around it. */
    private static byte[] numbered(int i) {
        return Peer.content(i * 37 % 1400);
    }

    @Test
    void eachSenderGetsItsOwnAnswer() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        channel.grantBack();
        channel.echo();
        List<DatagramPeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                DatagramPeer sender = new DatagramPeer();
                peers.add(sender);
                sender.send(channel.port(), Peer.content(100 + i));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(peers.get(i).receive()).isEqualTo(Peer.content(100 + i));
            }
        } finally {
            peers.forEach(DatagramPeer::close);
        }
    }

    @Test
    void piecesAreOneDatagram() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        byte[] content = Peer.content(300);
        channel.awaitCredit(3 * HostDatagrams.cost(300));
        for (int piece : new int[] {1, 100, 299}) {
            for (int at = 0; at < 300; at += piece) {
                int bytes = Math.min(piece, 300 - at);
                channel.sendPiece(peer.address(), content, at, bytes, at + bytes < 300);
            }
            assertThat(peer.receive()).isEqualTo(content);
        }
        // The last piece may be empty.
        channel.sendPiece(peer.address(), content, 0, 10, true);
        channel.sendPiece(peer.address(), content, 10, 0, false);
        assertThat(peer.receive()).isEqualTo(Arrays.copyOf(content, 10));
    }

    @Test
    void piecesOfTwoChannelsMayAlternate() throws Exception {
        HostDatagrams one = host.bind(0, CREDIT);
        HostDatagrams other = host.bind(2, CREDIT);
        byte[] content = Peer.content(500);
        for (int at = 0; at < 500; at += 50) {
            one.sendPiece(peer.address(), content, at, 50, at < 450);
            other.sendPiece(peer.address(), content, 450 - at, 50, at < 450);
        }
        byte[] backwards = new byte[500];
        for (int at = 0; at < 500; at += 50) {
            System.arraycopy(content, 450 - at, backwards, at, 50);
        }
        for (int i = 0; i < 2; i++) {
            DatagramPacket packet = peer.receivePacket();
            boolean first = packet.getPort() == one.port();
            assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(first ? content : backwards);
        }
    }

    @Test
    void anAddressOfNoSizeEndsTheSession() throws Exception {
        host.close();
        try (RawHost raw = new RawHost(device())) {
            raw.begin();
            raw.send(1, 1, Operation.UDP_BIND, 0, 0, Peer.localhost(), 0, CREDIT, Map.of());
            raw.receive();
            raw.send(21, 0, new byte[] {127, 0, 0}, 53, new byte[] {1});
            assertThat(raw.awaitReset(raw.tag())).isEqualTo(ResetReason.PROTOCOL.code());
        }
    }

    // What the network refuses

    @Test
    void aDatagramThatTheNetworkRefusesIsTold() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        InetSocketAddress forbidden = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_BROADCAST), 9);

        channel.send(forbidden, new byte[10]);
        assertFailed(ErrorCode.NOT_ALLOWED, host.awaitEvent(EventKind.DATAGRAM_FAILED, 0));
        channel.send(new InetSocketAddress(InetAddress.getByAddress(Peer.localhost()), 0), new byte[10]);
        assertFailed(ErrorCode.IO, host.awaitEvent(EventKind.DATAGRAM_FAILED, 0));

        channel.send(peer.address(), Peer.content(10));
        assertThat(peer.receive()).isEqualTo(Peer.content(10));
        assertThat(channel.isClosed()).isFalse();
    }

    private static void assertFailed(ErrorCode code, List<@Nullable Object> args) {
        assertThat((Long) args.get(1)).isEqualTo(code.code());
        assertThat((String) args.get(2)).isNotEmpty();
    }

    @Test
    void aRefusedDatagramGivesItsCreditBack() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        InetSocketAddress forbidden = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_BROADCAST), 9);
        byte[] content = new byte[200];
        channel.awaitCredit(HostDatagrams.cost(channel.largest()));
        int whole = channel.credit();
        for (int sent = 0; sent < 4 * whole; sent += content.length) {
            channel.send(forbidden, content);
        }
        host.awaitEvent(EventKind.DATAGRAM_FAILED, 0);
    }

    @Test
    void nobodyAtTheOtherEndIsNoHarm() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        InetSocketAddress gone;
        try (DatagramPeer other = new DatagramPeer()) {
            gone = other.address();
        }
        for (int i = 0; i < 10; i++) {
            channel.send(gone, Peer.content(10));
            channel.send(peer.address(), Peer.content(i));
            assertThat(peer.receive()).isEqualTo(Peer.content(i));
        }
        assertThat(channel.isClosed()).isFalse();
    }

    @Test
    void broadcastsNeedTheOption() throws Exception {
        try (DatagramPeer all = new DatagramPeer(new byte[4])) {
            HostDatagrams channel = host.bind(0, 0, CREDIT, Map.of("broadcast", true));

            channel.send(
                    new InetSocketAddress(
                            InetAddress.getByAddress(LOOPBACK_BROADCAST),
                            all.address().getPort()),
                    Peer.content(77));

            assertThat(all.receive()).isEqualTo(Peer.content(77));
        }
    }

    // Closing

    @Test
    void aClosedSocketsPortAndChannelAreFree() throws Exception {
        int port = 0;
        for (int i = 0; i < 70; i++) {
            HostDatagrams channel = host.bind(0, port, CREDIT, Map.of());
            port = channel.port();
            channel.send(peer.address(), Peer.content(i));
            channel.sendClose();
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
            assertThat(peer.receive()).isEqualTo(Peer.content(i));
        }
        assertThat(host.info().get("channels")).isEqualTo(0L);
    }

    @Test
    void aSocketMayBeClosedBetweenTwoPieces() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        channel.sendPiece(peer.address(), new byte[10], 0, 10, true);
        channel.sendClose(ErrorCode.CANCELLED);
        channel.awaitClose();
        // What comes for it now is dropped, and what is new begins anew.
        HostDatagrams next = host.bind(0, CREDIT);
        next.send(peer.address(), Peer.content(3));
        assertThat(peer.receive()).isEqualTo(Peer.content(3));
    }

    @Test
    void theEndOfTheSessionFreesThePort() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        channel.sendPiece(peer.address(), new byte[10], 0, 10, true);
        host.request(Operation.PING);

        host.close();
        host = new Host(device());

        HostDatagrams again = host.bind(0, channel.port(), CREDIT, Map.of());
        peer.send(again.port(), Peer.content(5));
        assertThat(again.receive().getData()).isEqualTo(Peer.content(5));
    }
}
