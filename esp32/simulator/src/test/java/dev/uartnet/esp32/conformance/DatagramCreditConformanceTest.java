package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkResetException;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 9 of PROTOCOL.md: what datagrams cost, and what becomes of those that come in vain. */
@EachDevice
class DatagramCreditConformanceTest extends ConformanceTest {
    private static final int CREDIT = 32_768;

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

    // Credit

    @Test
    void creditComesBackWhole() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        channel.awaitCredit(HostDatagrams.cost(channel.largest()));
        int whole = Math.max(channel.firstCredit(), channel.credit());
        for (int i = 0; i < 200; i++) {
            channel.send(peer.address(), Peer.content(300));
            peer.receive();
        }
        // What is below a portion may wait for more.
        channel.awaitCredit(whole - whole / 4);
        host.request(Operation.PING);
        assertThat(channel.credit()).isLessThanOrEqualTo(whole);
    }

    @Test
    void theLargestDatagramFitsTheCredit() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);

        channel.awaitCredit(HostDatagrams.cost(channel.largest()));
    }

    @Test
    void whatHasNoCreditIsDroppedAndCounted() throws Exception {
        long before = host.counter("datagrams_dropped");
        HostDatagrams channel = host.bind(0, HostDatagrams.cost(100) + 50);
        peer.send(channel.port(), Peer.content(100));
        assertThat(channel.receive().getData()).isEqualTo(Peer.content(100));

        int bytes = 0;
        for (int i = 0; i < 30; i++) {
            peer.send(channel.port(), Peer.content(200 + i));
            bytes += 200 + i;
        }

        awaitDropped(0, 30, bytes);
        assertThat(channel.waiting()).isZero();
        assertThat(host.counter("datagrams_dropped")).isEqualTo(before + 30);
        peer.send(channel.port(), Peer.content(26)); // 26 + 24 bytes are allowed still
        assertThat(channel.receive().getData()).isEqualTo(Peer.content(26));
        peer.send(channel.port(), new byte[0]); // it would cost 24 too
        awaitDropped(0, 1, 0);

        channel.grant(CREDIT);
        host.request(Operation.PING);
        peer.send(channel.port(), Peer.content(500));
        assertThat(channel.receive().getData()).isEqualTo(Peer.content(500));
    }

    /** Waits for events that together tell of so many. */
    private void awaitDropped(int channel, long datagrams, long bytes) throws InterruptedException {
        long datagramsSeen = 0;
        long bytesSeen = 0;
        while (datagramsSeen < datagrams) {
            List<@Nullable Object> args = host.awaitEvent(EventKind.DROPPED, channel);
            assertThat((Long) args.get(1)).isPositive();
            datagramsSeen += (Long) args.get(1);
            bytesSeen += (Long) args.get(2);
        }
        assertThat(datagramsSeen).isEqualTo(datagrams);
        assertThat(bytesSeen).isEqualTo(bytes);
    }

    @Test
    void droppedDatagramsOfOneChannelAreNotThoseOfAnother() throws Exception {
        HostDatagrams without = host.bind(0, 0);
        HostDatagrams with = host.bind(2, CREDIT);
        for (int i = 0; i < 5; i++) {
            peer.send(without.port(), Peer.content(10));
            peer.send(with.port(), Peer.content(20));
            assertThat(with.receive().getData()).isEqualTo(Peer.content(20));
        }
        awaitDropped(0, 5, 50);
    }

    @Test
    void whatIsLongerThanTheLargestIsDropped() throws Exception {
        HostDatagrams channel = host.bind(0, 200_000);
        if (channel.largest() < 65_507) {
            peer.send(channel.port(), Peer.content(channel.largest() + 1));
            peer.send(channel.port(), Peer.content(65_507));
            for (long seen = 0; seen < 2; ) {
                seen += (Long) host.awaitEvent(EventKind.DROPPED, 0).get(1);
            }
        }
        byte[] largest = Peer.content(channel.largest());
        peer.send(channel.port(), largest);
        assertThat(channel.receive().getData()).isEqualTo(largest);
    }

    @Test
    void piecesForMoreThanTheLargestEndTheChannel() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        byte[] content = new byte[1000];
        for (int sent = 0; sent <= channel.largest(); sent += 1000) {
            channel.sendPiece(peer.address(), content, 0, 1000, true);
        }

        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
        channel.sendClose();
        host.bind(0, channel.port(), CREDIT, Map.of());
    }

    @Test
    void moreThanTheCreditEndsTheChannel() throws Exception {
        HostDatagrams channel = host.bind(0, CREDIT);
        // Nothing of it has gone to the network, so that nothing is granted again.
        channel.awaitCredit(HostDatagrams.cost(channel.largest()));
        int credit = channel.credit();
        for (int sent = 0; sent <= credit; sent += 500) {
            channel.sendPiece(peer.address(), new byte[500], 0, 500, true);
        }

        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
    }

    @Test
    void moreCreditThanTheProtocolHasEndsTheSession() throws Exception {
        HostDatagrams channel = host.bind(0, 16 << 20);

        channel.grant(1);

        assertThat(host.awaitEnd()).isInstanceOfSatisfying(LinkResetException.class, reset -> assertThat(reset.reason())
                .isEqualTo(ResetReason.PROTOCOL));
    }

    // Many

    @Test
    void aFloodStopsNeitherRequestsNorConnections() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (Peer echo = new Peer()) {
            echo.echo();
            HostDatagrams channel = host.bind(0, 4096);
            int port = channel.port();
            Peer.thread(() -> {
                byte[] content = new byte[1000];
                while (!over.get()) {
                    peer.send(port, content);
                }
            });
            host.awaitEvent(EventKind.DROPPED, 0);

            HostChannel other = host.connect(2, echo.port(), CREDIT);
            other.grantBack();
            byte[] content = Peer.content(50_000);
            other.send(content);
            assertThat(other.receive(content.length)).isEqualTo(content);
            host.request(Operation.PING);
            assertThat(channel.waiting()).isEqualTo(4);
        } finally {
            over.set(true);
        }
    }
}
