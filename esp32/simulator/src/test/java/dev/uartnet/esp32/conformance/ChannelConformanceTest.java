package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.link.LinkResetException;
import dev.uartnet.codec.link.ResetReason;
import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 9 of PROTOCOL.md, for TCP connections that the host opens. */
@EachDevice
class ChannelConformanceTest extends ConformanceTest {
    private static final int CREDIT = 8192;
    private static final int MEGABYTE = 1 << 20;

    private static final Map<String, Object> SMALL_BUFFER = Map.of("send_buffer", Peer.SMALL_BUFFER_BYTES);

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

    // Opening

    @Test
    void aConnectionTellsItsAddresses() throws Exception {
        List<@Nullable Object> opened =
                host.request(Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, Map.of("no_delay", true));
        Socket socket = peer.accept();

        InetSocketAddress local = address(opened.get(0), opened.get(1));
        InetSocketAddress remote = address(opened.get(2), opened.get(3));
        assertThat(local).isEqualTo(socket.getRemoteSocketAddress());
        assertThat(remote).isEqualTo(socket.getLocalSocketAddress());
        assertThat((Long) opened.get(4)).isBetween(0L, 16L << 20);
    }

    private static InetSocketAddress address(@Nullable Object address, @Nullable Object port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress((byte[]) address), Math.toIntExact((Long) port));
    }

    @Test
    void aConnectionByNameIsResolvedOnTheDevice() throws Exception {
        List<@Nullable Object> opened =
                host.request(Operation.TCP_CONNECT, 0, TestNameServer.SERVER, peer.port(), CREDIT, Map.of());

        assertThat((byte[]) opened.get(2)).isEqualTo(Peer.localhost());
        peer.accept();
    }

    @Test
    void aChannelInUseIsRefused() throws Exception {
        host.connect(4, peer.port(), CREDIT);

        RequestFailedException error =
                host.refused(Operation.TCP_CONNECT, 4, Peer.localhost(), peer.port(), CREDIT, Map.of());

        assertThat(error.errorCode()).isEqualTo(ErrorCode.CHANNEL_IN_USE);
    }

    @Test
    void channelsMayHaveAnyEvenNumber() throws Exception {
        peer.echo();
        for (int number : new int[] {0, 126, 128, 254, 256, 65_534}) {
            HostChannel channel = host.connect(number, peer.port(), MEGABYTE);
            byte[] content = Peer.content(5000);
            channel.send(content);
            assertThat(channel.receive(content.length)).isEqualTo(content);
        }
    }

    // Data and credit

    @Test
    void aMegabyteComesBackWhole() throws Exception {
        peer.echo();
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        channel.grantBack();
        byte[] content = Peer.content(MEGABYTE);

        channel.send(content);
        channel.sendEof();

        assertThat(channel.receiveAll()).isEqualTo(content);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theDeviceSendsNoMoreThanItsCredit() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), 10);
        Socket socket = peer.accept();
        byte[] content = Peer.content(3000);
        socket.getOutputStream().write(content);

        assertThat(channel.receive(10)).isEqualTo(Arrays.copyOf(content, 10));
        host.request(Operation.PING);
        assertThat(channel.receivedBytes()).isZero();
        channel.grant(1);
        assertThat(channel.receive(1)[0]).isEqualTo(content[10]);
        channel.grant(5000);
        assertThat(channel.receive(2989)).isEqualTo(Arrays.copyOfRange(content, 11, 3000));
    }

    @Test
    void withoutCreditADeviceStopsOneChannelOnly() throws Exception {
        HostChannel stopped = host.connect(0, peer.port(), 0);
        Socket socket = peer.accept();
        byte[] content = Peer.content(4 * MEGABYTE);
        Peer.thread(() -> {
            socket.getOutputStream().write(content);
            socket.shutdownOutput();
        });
        try (Peer echo = new Peer()) {
            echo.echo();
            HostChannel other = host.connect(2, echo.port(), CREDIT);
            other.grantBack();
            byte[] passing = Peer.content(100_000);

            other.send(passing);

            assertThat(other.receive(passing.length)).isEqualTo(passing);
            assertThat(stopped.receivedBytes()).isZero();
        }
    }

    @Test
    void aPeerThatDoesNotReadStopsItsOwnChannelOnly() throws Exception {
        byte[] much = Peer.content(4 * MEGABYTE);
        try (Peer slow = Peer.withSmallBuffer();
                Peer echo = new Peer()) {
            HostChannel stopped = host.connect(0, slow.port(), CREDIT, SMALL_BUFFER);
            Socket socket = slow.accept();
            Peer.thread(() -> {
                try {
                    stopped.send(much);
                } catch (InterruptedException | AssertionError over) {
                    // The test has ended.
                }
            });
            echo.echo();
            HostChannel other = host.connect(2, echo.port(), CREDIT);
            other.grantBack();
            byte[] passing = Peer.content(100_000);

            other.send(passing);

            assertThat(other.receive(passing.length)).isEqualTo(passing);
            assertThat(socket.getInputStream().readNBytes(100_000)).isEqualTo(Arrays.copyOf(much, 100_000));
        }
    }

    @Test
    void creditComesBackWhole() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), 0);
        Socket socket = peer.accept();
        int portion = channel.firstCredit() / 4;
        byte[] content = Peer.content(40 * portion);

        channel.send(content);

        assertThat(socket.getInputStream().readNBytes(content.length)).isEqualTo(content);
        // What is below a portion may wait for more.
        channel.awaitCredit(channel.firstCredit() - portion);
        host.request(Operation.PING);
        assertThat(channel.credit()).isLessThanOrEqualTo(channel.firstCredit());
    }

    @Test
    void moreThanTheCreditEndsTheChannel() throws Exception {
        try (Peer slow = Peer.withSmallBuffer()) {
            HostChannel channel = host.connect(0, slow.port(), CREDIT, SMALL_BUFFER);
            Socket socket = slow.accept();
            // What the sockets take is granted again: only behind a peer that does not read can there be too much.
            for (int i = 0; i < 1000 && !channel.hasEnded(); i++) {
                channel.sendWithoutCredit(new byte[1000]);
                if (i % 50 == 0) {
                    host.request(Operation.PING);
                }
            }

            ChannelClose close = channel.awaitClose();

            assertThat(close.code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
            Peer.awaitEnd(socket);
            channel.sendClose();
            host.connect(0, peer.port(), CREDIT);
        }
    }

    @Test
    void dataBehindTheEndIsNotAllowed() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        peer.accept();

        channel.sendEof();
        channel.sendWithoutCredit(new byte[] {1});

        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CREDIT_EXCEEDED);
    }

    @Test
    void moreCreditThanTheProtocolHasEndsTheSession() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        Socket socket = peer.accept();

        channel.grant((16 << 20) - CREDIT);
        host.request(Operation.PING);
        channel.grant(1);

        assertThat(host.awaitEnd()).isInstanceOfSatisfying(LinkResetException.class, reset -> assertThat(reset.reason())
                .isEqualTo(ResetReason.PROTOCOL));
        Peer.awaitEnd(socket);
    }

    @Test
    void thirtyThreeChannelsWorkAtOnce() throws Exception {
        peer.echo();
        List<HostChannel> channels = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            HostChannel channel = host.connect(2 * i, peer.port(), CREDIT);
            channel.grantBack();
            channels.add(channel);
        }
        byte[] content = Peer.content(20_000);
        List<Thread> senders = new ArrayList<>();
        for (HostChannel channel : channels) {
            Thread sender = new Thread(() -> {
                try {
                    channel.send(content);
                    channel.sendEof();
                } catch (InterruptedException | AssertionError e) {
                    channel.fail(e);
                }
            });
            sender.start();
            senders.add(sender);
        }
        for (HostChannel channel : channels) {
            assertThat(channel.receiveAll()).isEqualTo(content);
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    // Half-close

    @Test
    void aServerMayAnswerAfterTheEndOfTheRequest() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        Socket socket = peer.accept();
        byte[] request = Peer.content(3000);
        byte[] answer = Peer.content(5000);

        channel.send(request);
        channel.sendEof();
        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(request);
        socket.getOutputStream().write(answer);
        socket.shutdownOutput();

        assertThat(channel.receiveAll()).isEqualTo(answer);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theHostMaySendAfterTheEndOfThePeer() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        Socket socket = peer.accept();
        byte[] content = Peer.content(30_000);

        socket.shutdownOutput();
        channel.awaitEof();
        Peer.thread(() -> {
            try {
                channel.send(content);
                channel.sendEof();
            } catch (InterruptedException e) {
                channel.fail(e);
            }
        });

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(content);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theEndComesBehindAllBytes() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), 1000);
        Socket socket = peer.accept();
        byte[] content = Peer.content(10_000);
        socket.getOutputStream().write(content);
        socket.shutdownOutput();

        channel.awaitReceived(1000);
        host.request(Operation.PING);
        assertThat(channel.hasEnded()).isFalse();
        channel.grant(MEGABYTE);

        assertThat(channel.receiveAll()).isEqualTo(content);
    }

    // Closing

    @Test
    void closeWritesWhatItHoldsAndFreesTheNumber() throws Exception {
        for (int i = 0; i < 70; i++) {
            HostChannel channel = host.connect(0, peer.port(), CREDIT);
            Socket socket = peer.accept();
            byte[] content = Peer.content(Math.min(5000, channel.firstCredit()));

            channel.send(content);
            channel.sendClose();

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(content);
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
            socket.close();
        }
    }

    @Test
    void closeWaitsForASlowPeer() throws Exception {
        try (Peer slow = Peer.withSmallBuffer()) {
            HostChannel channel = host.connect(0, slow.port(), CREDIT, SMALL_BUFFER);
            Socket socket = slow.accept();
            int sent = 0;
            // Until the sockets take no more for good, and the device holds all that it has allowed.
            for (int full = 0; full < 100; full++) {
                int credit = channel.credit();
                if (credit > 0) {
                    channel.send(new byte[credit]);
                    sent += credit;
                    full = 0;
                }
                host.request(Operation.PING);
            }
            channel.sendClose();
            host.request(Operation.PING);
            assertThat(channel.hasEnded()).isFalse();

            assertThat(socket.getInputStream().readAllBytes()).hasSize(sent);
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void closeWithAnErrorResetsTheConnection() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        Socket socket = peer.accept();

        channel.sendClose(ErrorCode.CANCELLED);

        assertThat(Peer.awaitReset(socket)).isTrue();
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void aResetOfThePeerClosesTheChannelWithItsCode() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        Socket socket = peer.accept();
        socket.getOutputStream().write(1);
        assertThat(channel.receive(1)).containsExactly(1);

        Peer.reset(socket);

        ChannelClose close = channel.awaitClose();
        assertThat(close.code()).isEqualTo(ErrorCode.CONNECTION_RESET);
        assertThat(close.errno()).isEqualTo(104);
        assertThat(close.text()).isNotEmpty();
        channel.sendClose();
        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void anAnswerBeforeAResetArrives() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), 0);
        Socket socket = peer.accept();
        // A server that says no and closes, with bytes of the request unread, sends RST behind its answer.
        channel.send(new byte[] {1});
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isEqualTo(1);
        byte[] answer = Peer.content(300);
        socket.getOutputStream().write(answer);
        channel.send(Peer.content(100));
        host.request(Operation.PING);
        socket.close();
        channel.send(Peer.content(100));
        host.request(Operation.PING);

        channel.grant(CREDIT);

        channel.awaitReceived(300);
        assertThat(channel.receive(300)).isEqualTo(answer);
    }

    @Test
    void bothEndsMayCloseAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            HostChannel channel = host.connect(2, peer.port(), CREDIT);
            Socket socket = peer.accept();
            channel.sendEof();
            socket.close();
            channel.sendClose();
            channel.awaitClose();
        }
        assertThat(((Map<?, ?>) host.request(Operation.INFO).get(0)).get("channels"))
                .isEqualTo(0L);
    }

    @Test
    void whatComesForAClosedChannelIsDropped() throws Exception {
        HostChannel channel = host.connect(0, peer.port(), CREDIT);
        Socket socket = peer.accept();
        channel.sendEof();
        socket.close();
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);

        // The host has not answered yet: the number is not free, and what it sends means nothing.
        channel.grant(100);
        channel.sendEof();
        assertThat(host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, Map.of())
                        .errorCode())
                .isEqualTo(ErrorCode.CHANNEL_IN_USE);
        channel.sendClose();

        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void theEndOfTheSessionClosesAllSockets() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            host.connect(2 * i, peer.port(), CREDIT);
            sockets.add(peer.accept());
        }

        host.close();

        for (Socket socket : sockets) {
            Peer.awaitEnd(socket);
        }
    }
}
