package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections 1 to 5 of PROTOCOL.md, by raw frames. */
@EachDevice
class LinkConformanceTest extends ConformanceTest {
    private static final int NO_SESSION = 1;
    private static final int VERSION = 3;
    private static final int PROTOCOL = 5;
    private static final int SILENT = 6;
    private static final int FRAME_LOST = 7;
    private static final int TCP_CONNECT = 16;

    private RawHost host;

    @BeforeEach
    void open() throws IOException {
        host = new RawHost(device());
    }

    @AfterEach
    void close() {
        host.close();
    }

    // Section 4: session

    @Test
    void welcomeSaysWhatTheDeviceIs() throws Exception {
        int hostId = RawHost.newHostId();

        Frame welcome = host.hello(hostId);

        assertThat(welcome.tag()).isBetween(1, 8191);
        List<@Nullable Object> values = welcome.values();
        assertThat(values.subList(0, 4)).containsExactly("uartnet", 1L, 0L, (long) hostId);
        assertThat((Long) values.get(4)).as("boot_id").isBetween(0L, 0xFFFF_FFFFL);
        assertThat((Long) values.get(5)).as("window").isBetween(1L, 127L);
        long maxPayload = (Long) values.get(7);
        assertThat(maxPayload).isBetween(256L, 16_384L);
        assertThat((Long) values.get(6)).as("buffer").isGreaterThanOrEqualTo(2 * (maxPayload + 8));
        assertThat((Long) values.get(8)).as("keepalive").isPositive();
        assertThat((Long) values.get(9)).as("features").isNotNegative();
        assertThat(((String) values.get(10)).getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 64);
    }

    @Test
    void aRepeatedHelloGetsTheSameWelcome() throws Exception {
        int hostId = RawHost.newHostId();
        Frame first = host.hello(hostId);

        assertThat(host.hello(hostId)).isEqualTo(first);

        host.enter(first.tag());
        host.ping(1);
        Frame inside = host.hello(hostId);
        assertThat(inside.tag()).isEqualTo(first.tag());
        assertThat(inside.payload()).isEqualTo(first.payload());
        host.ping(2);
    }

    @Test
    void eachSessionHasAnotherTagAndTheSameBootId() throws Exception {
        Frame first = host.hello(RawHost.newHostId());
        Frame second = host.hello(RawHost.newHostId());

        assertThat(second.tag()).isNotEqualTo(first.tag());
        assertThat(second.values().get(4)).isEqualTo(first.values().get(4));
    }

    @Test
    void anotherMajorVersionIsRefused() throws Exception {
        int hostId = RawHost.newHostId();
        host.writeFrame(Frame.HELLO, 0, 0, 0, Frame.pack("uartnet", 2, 0, hostId, "what", "ever", "comes"));

        Frame reset = host.await(
                "RESET", f -> f.type() == Frame.RESET && f.values().get(0).equals((long) VERSION));

        assertThat(reset.tag()).isZero();
        assertThat(reset.seq()).isZero();
        assertThat(reset.ack()).isZero();
        assertThat(reset.values().get(1)).isEqualTo((long) hostId);
        assertThat((String) reset.values().get(3)).contains("1.0");
    }

    @Test
    void furtherElementsOfHelloAreIgnored() throws Exception {
        int hostId = RawHost.newHostId();
        byte[] longer = Frame.pack(
                "uartnet", 1, 7, hostId, 64, 65_536, 1_032, 1_000, 0x4000_0000, "of the future", "more", Map.of());

        host.enter(host.hello(longer, hostId).tag());

        host.ping(1);
    }

    @Test
    void aNewHelloAloneDoesNotEndASessionItsFirstFrameDoes() throws Exception {
        try (Peer peer = new Peer()) {
            host.begin();
            int oldTag = host.tag();
            Socket socket = connect(peer, 0);
            int hostId = RawHost.newHostId();

            Frame welcome = host.hello(hostId);
            assertThat(welcome.tag()).isNotEqualTo(oldTag);
            host.ping(2);

            host.enter(welcome.tag());
            Peer.awaitEnd(socket);
            host.writeFrame(Frame.PROBE, oldTag, 0, 0, new byte[0]);
            host.ping(3);
            assertThat(host.passedOver()).noneMatch(f -> f.tag() == oldTag);
        }
    }

    @Test
    void resetOfTheHostEndsTheSessionAndItsSockets() throws Exception {
        try (Peer peer = new Peer()) {
            host.begin();
            Socket socket = connect(peer, 0);

            host.reset(2);

            Peer.awaitEnd(socket);
            host.writeFrame(Frame.PROBE, host.tag(), 0, 0, new byte[0]);
            assertThat(host.awaitReset(host.tag())).isEqualTo(NO_SESSION);
        }
    }

    @Test
    void aFrameOutsideAnySessionIsToldSo() throws Exception {
        host.begin();
        host.reset(2);

        host.writeFrame(Frame.DATA, 4242, 0, 0, Frame.pack(1, 1, 0, 0));

        assertThat(host.awaitReset(4242)).isEqualTo(NO_SESSION);
    }

    @Test
    void framesWithAnotherTagDoNothing() throws Exception {
        host.begin();
        int other = host.tag() % 8191 + 1;

        host.writeFrame(Frame.DATA, other, host.nextSeq(), 0, Frame.pack(1, 77, 0, 0, "stale"));
        host.writeFrame(Frame.RESET, other, 0, 0, Frame.pack(2, 0, 0, ""));
        host.writeFrame(Frame.PROBE, 0, 9, 0, new byte[0]);

        host.ping(1);
    }

    @Test
    void anotherHostsHelloMayBeDamagedWithoutHarm() throws Exception {
        host.begin();

        host.writeFrame(Frame.HELLO, 0, 0, 0, Frame.pack("uartnet"));
        host.writeFrame(Frame.HELLO, 0, 0, 0, Frame.pack("other", 1, 0, 5));
        host.writeFrame(Frame.HELLO, 0, 0, 0, new byte[] {(byte) 0xC1});
        host.writeFrame(Frame.WELCOME, host.tag(), 0, 0, new byte[0]);
        host.writeFrame(7, host.tag(), 0, 0, new byte[0]);

        host.ping(1);
    }

    @Test
    void aSilentHostIsProbedAndThenDropped() throws Exception {
        try (Peer peer = new Peer()) {
            host.begin(64, 100);
            Socket socket = connect(peer, 0);

            Frame probe = host.await("PROBE", f -> f.type() == Frame.PROBE);
            assertThat(probe.tag()).isEqualTo(host.tag());
            assertThat(host.awaitReset(host.tag())).isEqualTo(SILENT);
            Peer.awaitEnd(socket);
        }
    }

    // Sections 1 and 2: noise

    @Test
    void garbageBeforeAndBetweenFramesIsIgnored() throws Exception {
        byte[] garbage = new byte[3000];
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = (byte) (i * 7 + i / 256);
        }
        host.write(garbage);
        host.begin();
        host.write("ets Jul 29 2019 12:21:46\r\nrst:0x1\r\n".getBytes(StandardCharsets.US_ASCII));
        host.ping(1);
        host.write(new byte[] {(byte) 0xC0, (byte) 0xDB, 1, 2, 3, (byte) 0xC0, (byte) 0xC0});
        host.ping(2);
    }

    @Test
    void aFrameWithAWrongCheckIsDropped() throws Exception {
        host.begin();
        byte[] reset = Frame.bytes(Frame.RESET, host.tag(), 0, 0, Frame.pack(2, 0, 0, ""));
        reset[6] ^= 1;

        host.write(Frame.slip(reset));

        host.ping(1);
    }

    // Section 5: order

    @Test
    void aLostFrameEndsTheSession() throws Exception {
        host.begin();
        byte[] damaged = Frame.bytes(Frame.DATA, host.tag(), host.nextSeq(), 0, Frame.pack(1, 1, 0, 0));
        damaged[damaged.length - 1] ^= 1;
        host.write(Frame.slip(damaged));
        host.nextSeq(host.nextSeq() + 1);

        host.send(1, 2, 0, 0);

        assertThat(host.awaitReset(host.tag())).isEqualTo(FRAME_LOST);
    }

    @Test
    void aGapIsReportedAtOnceAndMended() throws Exception {
        host.beginRepeating();

        host.writeFrame(Frame.DATA, host.tag(), 1, 0, Frame.pack(1, 2, 0, 0, "second"));

        Frame report = host.await("ACK", f -> f.type() == Frame.ACK);
        assertThat(report.ack()).isZero();
        assertThat(report.payload()).containsExactly((byte) 2, (byte) 0b10);

        host.writeFrame(Frame.DATA, host.tag(), 0, 0, Frame.pack(1, 1, 0, 0, "first"));
        host.nextSeq(2);
        assertThat(host.receive()).containsExactly(2L, 1L, "first");
        assertThat(host.receive()).containsExactly(2L, 2L, "second");
        assertThat(host.probe().ack()).isEqualTo(2);
    }

    @Test
    void aProbeShowsThatTheLastOnesWereLost() throws Exception {
        host.beginRepeating();
        host.nextSeq(3);

        Frame report = host.probe();

        assertThat(report.ack()).isZero();
        assertThat(report.payload()).containsExactly((byte) 3, (byte) 0);
        host.nextSeq(0);
        host.ping(1);
    }

    @Test
    void aReportedFrameIsRepeated() throws Exception {
        host.beginRepeating();
        for (int id = 1; id <= 3; id++) {
            host.send(1, id, 0, 0);
        }
        for (long id = 1; id <= 3; id++) {
            assertThat(host.peek()).containsExactly(2L, id);
        }

        host.writeFrame(Frame.ACK, host.tag(), host.nextSeq(), 0, new byte[] {3, 0b110});

        Frame repeated = host.await("the lost frame", f -> f.type() == Frame.DATA && f.seq() == 0);
        assertThat(repeated.values()).containsExactly(2L, 1L);
        assertThat(host.passedOver()).noneMatch(f -> f.type() == Frame.DATA);
        host.acknowledge();
        host.ping(4);
    }

    @Test
    void theOldestFrameIsRepeatedWithAProbeBehindIt() throws Exception {
        host.beginRepeating();
        host.send(1, 1, 0, 0);
        host.send(1, 2, 0, 0);
        assertThat(host.peek()).containsExactly(2L, 1L);
        assertThat(host.peek()).containsExactly(2L, 2L);

        Frame repeated = host.await("the oldest frame", f -> f.type() == Frame.DATA);

        assertThat(repeated.seq()).isZero();
        assertThat(repeated.values()).containsExactly(2L, 1L);
        assertThat(host.await("PROBE", f -> f.type() == Frame.PROBE).seq()).isEqualTo(2);
        host.acknowledge();
        host.ping(3);
    }

    @Test
    void aFrameWithoutDataShowsThatTheLastOneWasLost() throws Exception {
        host.begin();
        host.nextSeq(1);

        host.writeFrame(Frame.PROBE, host.tag(), host.nextSeq(), 0, new byte[0]);

        assertThat(host.awaitReset(host.tag())).isEqualTo(FRAME_LOST);
    }

    @Test
    void aRepeatedFrameIsAcknowledgedAndNotHandledAgain() throws Exception {
        host.begin();
        host.ping(1);
        host.nextSeq(host.nextSeq() - 1);

        host.send(1, 9, 0, 0, "must not be answered");

        Frame ack = host.await("ACK", f -> f.type() == Frame.ACK);
        assertThat(ack.ack()).isEqualTo(host.nextSeq());
        host.ping(2);
    }

    @Test
    void numbersWrapAround() throws Exception {
        host.begin();
        for (int i = 0; i < 600; i++) {
            host.ping(i);
        }
    }

    @Test
    void theDeviceKeepsToTheHostsWindow() throws Exception {
        host.begin(2, 1000);
        for (int id = 1; id <= 5; id++) {
            host.send(1, id, 0, 0);
        }
        assertThat(host.peek()).containsExactly(2L, 1L);
        assertThat(host.peek()).containsExactly(2L, 2L);
        host.writeFrame(Frame.PROBE, host.tag(), host.nextSeq(), 0, new byte[0]);
        Frame ack = host.await("ACK", f -> f.type() == Frame.ACK && f.ack() == host.nextSeq());
        assertThat(ack.seq()).as("the device's next").isEqualTo(2);
        assertThat(host.passedOver()).noneMatch(f -> f.type() == Frame.DATA);

        for (long id = 3; id <= 5; id++) {
            host.acknowledge();
            assertThat(host.peek()).containsExactly(2L, id);
        }
    }

    // Section 7: what is not understood

    @Test
    void malformedMessagesEndTheSession() throws Exception {
        Path vectors = Path.of(System.getProperty("uartnet.root"), "codec", "protocol", "vectors.txt");
        List<String> bad = Files.readAllLines(vectors).stream()
                .filter(line -> line.startsWith("message-bad "))
                .toList();
        assertThat(bad).isNotEmpty();
        for (String line : bad) {
            String[] words = line.split(" ", -1);
            host.begin();

            host.sendPayload(words[2].equals("-") ? new byte[0] : HexFormat.of().parseHex(words[2]));

            assertThat(host.awaitReset(host.tag())).as(words[1]).isEqualTo(PROTOCOL);
        }
    }

    @Test
    void whatALaterVersionMayBringIsIgnored() throws Exception {
        host.begin();

        host.send(99, "unknown kind");
        host.send(8, 250, "unknown event");
        host.send(4, 3, "CANCEL of what is over, with a further element");
        host.send(16, 500, new byte[] {1, 2, 3});
        host.send(17, 500, 10);
        host.send(18, 500);
        host.send(19, 500, 0, "", null);

        host.ping(1);
    }

    @Test
    void anIdInUseEndsTheSession() throws Exception {
        try (Peer peer = Peer.thatNeverAnswers()) {
            host.begin();
            host.send(1, 5, TCP_CONNECT, 0, 0, new byte[] {127, 0, 0, 1}, peer.port(), 0, Map.of());

            host.send(1, 5, 0, 0);

            assertThat(host.awaitReset(host.tag())).isEqualTo(PROTOCOL);
        }
    }

    private Socket connect(Peer peer, int channel) throws Exception {
        host.send(1, 1, TCP_CONNECT, 0, channel, new byte[] {127, 0, 0, 1}, peer.port(), 0, Map.of());
        Socket socket = peer.accept();
        assertThat(host.receive().subList(0, 2)).containsExactly(2L, 1L);
        return socket;
    }
}
