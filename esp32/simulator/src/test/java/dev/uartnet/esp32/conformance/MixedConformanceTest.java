package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 9 of PROTOCOL.md: sockets of all kinds beside each other, as many as the device has. */
@EachDevice
class MixedConformanceTest extends ConformanceTest {
    private static final int SOCKETS_MAX = 64;
    private static final int CREDIT = 4096;
    private static final int CONTENT_BYTES = 3000;
    private static final int DATAGRAM_BYTES = 300;
    private static final int MUCH = 2 << 20;

    private Host host;
    private Peer peer;
    private Clients clients;
    private final List<FutureTask<?>> tasks = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        host = new Host(device());
        peer = new Peer();
        clients = new Clients();
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        peer.close();
        clients.close();
    }

    private void begin(Callable<?> work) {
        FutureTask<?> task = new FutureTask<>(work);
        tasks.add(task);
        Thread thread = new Thread(task, "mixed-" + tasks.size());
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitTasks() throws InterruptedException {
        for (FutureTask<?> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException e) {
                throw new AssertionError("one of " + tasks.size() + " tasks failed", e.getCause());
            }
        }
    }

    @Test
    void allSocketsOfTheDeviceEchoAtOnce() throws Exception {
        peer.echo();
        int sockets = Math.toIntExact(Math.min(SOCKETS_MAX, (Long) host.info().get("channels_max")));
        assertThat(sockets).isGreaterThanOrEqualTo(33);
        HostListener listener = host.listen(0, sockets, CREDIT);
        listener.serve(HostChannel::echo);
        int datagrams = sockets / 8;
        int accepted = (sockets - 1 - datagrams) / 2;
        int connected = sockets - 1 - datagrams - accepted;
        int number = 2;
        for (int i = 0; i < datagrams; i++, number += 2) {
            HostDatagrams channel = host.bind(number, CREDIT);
            channel.grantBack();
            channel.echo();
            begin(() -> exchangeDatagrams(channel.port()));
        }
        for (int i = 0; i < connected; i++, number += 2) {
            HostChannel channel = host.connect(number, peer.port(), CREDIT);
            channel.grantBack();
            begin(() -> exchange(channel));
        }
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < accepted; i++) {
            waiting.add(clients.connect(listener.port()));
        }
        for (Socket client : waiting) {
            begin(() -> {
                byte[] content = Peer.content(CONTENT_BYTES + client.getLocalPort() % 100);
                assertThat(Clients.roundTrip(client, content)).isEqualTo(content);
                return null;
            });
        }
        awaitTasks();
    }

    private static Void exchange(HostChannel channel) throws InterruptedException {
        byte[] content = Peer.content(CONTENT_BYTES + channel.number());
        channel.send(content);
        channel.sendEof();
        assertThat(channel.receiveAll()).isEqualTo(content);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
        channel.sendClose();
        return null;
    }

    private static Void exchangeDatagrams(int port) throws IOException {
        try (DatagramPeer sender = new DatagramPeer()) {
            for (int i = 0; i < 10; i++) {
                byte[] content = Peer.content(DATAGRAM_BYTES + i);
                sender.send(port, content);
                DatagramPacket back = sender.receivePacket();
                assertThat(Arrays.copyOf(back.getData(), back.getLength())).isEqualTo(content);
                assertThat(back.getPort()).isEqualTo(port);
            }
        }
        return null;
    }

    @Test
    void clientsThatDoNotReadCostTheirOwnCreditsOnly() throws Exception {
        HostListener listener = host.listen(Operation.TCP_LISTEN, 0, 0, 0, 100, CREDIT, Map.of("send_buffer", 4096));
        List<HostChannel> stopped = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.connectWithSmallBuffer(listener.port());
            HostChannel channel = listener.accept();
            stopped.add(channel);
            Peer.thread(() -> {
                try {
                    channel.send(new byte[MUCH]);
                } catch (InterruptedException | AssertionError over) {
                    // The test has ended.
                }
            });
        }
        listener.serve(HostChannel::echo);
        for (int i = 0; i < 5; i++) {
            byte[] content = Peer.content(20_000 + i);
            assertThat(Clients.roundTrip(clients.connect(listener.port()), content))
                    .isEqualTo(content);
        }
        assertThat(stopped).allSatisfy(channel -> assertThat(channel.isClosed()).isFalse());
    }

    @Test
    void aHostThatDoesNotReadStopsItsOwnChannelsOnly() throws Exception {
        HostListener listener = host.listen(0, 100, 0);
        List<HostChannel> stopped = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket client = clients.connect(listener.port());
            stopped.add(listener.accept());
            Peer.thread(() -> client.getOutputStream().write(new byte[MUCH]));
        }
        HostDatagrams datagrams = host.bind(2, CREDIT);
        datagrams.grantBack();
        datagrams.echo();
        peer.echo();
        HostChannel connected = host.connect(4, peer.port(), CREDIT);
        connected.grantBack();

        exchangeDatagrams(datagrams.port());
        exchange(connected);

        assertThat(stopped)
                .allSatisfy(channel -> assertThat(channel.receivedBytes()).isZero());
        // What was held up comes as soon as it may.
        stopped.get(5).grant(CREDIT);
        stopped.get(5).awaitReceived(CREDIT);
    }

    @Test
    void aDownloadLetsSmallExchangesPass() throws Exception {
        HostListener listener = host.listen(0, 100, CREDIT);
        Socket client = clients.connect(listener.port());
        HostChannel download = listener.accept();
        download.grantBack();
        byte[] much = Peer.content(MUCH / 4);
        Peer.thread(() -> {
            client.getOutputStream().write(much);
            client.shutdownOutput();
        });
        download.awaitReceived(1);
        listener.serve(HostChannel::echo);
        HostDatagrams datagrams = host.bind(2, CREDIT);
        datagrams.grantBack();
        datagrams.echo();

        for (int i = 0; i < 20; i++) {
            byte[] content = Peer.content(500 + i);
            assertThat(Clients.roundTrip(clients.connect(listener.port()), content))
                    .isEqualTo(content);
            host.request(Operation.PING);
        }
        exchangeDatagrams(datagrams.port());

        assertThat(download.receiveAll()).isEqualTo(much);
    }

    @Test
    void nothingStaysBehindAfterManySockets() throws Exception {
        peer.echo();
        HostListener listener = host.listen(0, 1000, CREDIT);
        listener.serve(HostChannel::echo);
        for (int i = 0; i < 50; i++) {
            HostChannel connected = host.connect(2, peer.port(), CREDIT);
            exchange(connected);
            HostDatagrams datagrams = host.bind(4, CREDIT);
            datagrams.sendClose();
            datagrams.awaitClose();
            try (Socket client = clients.connect(listener.port())) {
                assertThat(Clients.roundTrip(client, Peer.content(i))).isEqualTo(Peer.content(i));
            }
        }
        listener.sendClose();
        listener.awaitClose();
        // The last connections end by messages of their own.
        host.awaitChannelsOver();
        assertThat(host.info().get("channels")).isEqualTo(0L);
    }
}
