package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 9 of PROTOCOL.md: what comes over connections that the device has accepted, and what becomes of many. */
@EachDevice
class AcceptConformanceTest extends ConformanceTest {
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

    // Data

    @Test
    void whatAClientSendsComesBackExactly() throws Exception {
        HostListener listener = listen(0);
        listener.serve(HostChannel::echo);
        byte[] content = Peer.content(200_000);

        assertThat(Clients.roundTrip(clients.connect(listener.port()), content)).isEqualTo(content);
    }

    @Test
    void theFirstCreditOfAConnectionIsKept() throws Exception {
        HostListener listener = host.listen(0, 1, 10);
        Socket client = clients.connect(listener.port());
        byte[] content = Peer.content(3000);
        client.getOutputStream().write(content);

        HostChannel channel = listener.accept();
        assertThat(channel.receive(10)).isEqualTo(Arrays.copyOf(content, 10));
        host.request(Operation.PING);
        assertThat(channel.receivedBytes()).isZero();
        channel.grant(CREDIT);
        assertThat(channel.receive(2990)).isEqualTo(Arrays.copyOfRange(content, 10, 3000));
    }

    @Test
    void aServerMayAnswerAfterTheEndOfTheRequest() throws Exception {
        HostListener listener = listen(0);
        Socket client = clients.connect(listener.port());
        HostChannel channel = listener.accept();
        byte[] request = Peer.content(3000);
        byte[] answer = Peer.content(5000);

        client.getOutputStream().write(request);
        client.shutdownOutput();
        assertThat(channel.receiveAll()).isEqualTo(request);
        channel.send(answer);
        channel.sendEof();

        assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aClientMaySendAfterTheEndOfTheServer() throws Exception {
        HostListener listener = listen(0);
        Socket client = clients.connect(listener.port());
        HostChannel channel = listener.accept();
        byte[] greeting = Peer.content(2000);
        byte[] content = Peer.content(4000);

        channel.send(greeting);
        channel.sendEof();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(greeting);
        client.getOutputStream().write(content);
        client.shutdownOutput();

        assertThat(channel.receiveAll()).isEqualTo(content);
        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aResetOfTheClientClosesTheChannelWithItsCode() throws Exception {
        HostListener listener = listen(0);
        Socket client = clients.connect(listener.port());
        HostChannel channel = listener.accept();

        Peer.reset(client);

        assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CONNECTION_RESET);
    }

    @Test
    void closeWithAnErrorResetsTheConnection() throws Exception {
        HostListener listener = listen(0);
        Socket client = clients.connect(listener.port());

        listener.accept().sendClose(ErrorCode.CANCELLED);

        assertThat(Peer.awaitReset(client)).isTrue();
    }

    // Credit of connections

    @Test
    void theDeviceAnnouncesNoMoreThanItsCredit() throws Exception {
        HostListener listener = host.listen(0, 2, CREDIT);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sockets.add(clients.connect(listener.port()));
            sockets.get(i).getOutputStream().write(i);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(listener.accept().receive(1)).containsExactly(i);
        }
        host.request(Operation.PING);
        assertThat(listener.waiting()).isZero();

        listener.grant(1);
        assertThat(listener.accept().receive(1)).containsExactly(2);
        host.request(Operation.PING);
        assertThat(listener.waiting()).isZero();

        listener.grant(10);
        for (int i = 3; i < 5; i++) {
            assertThat(listener.accept().receive(1)).containsExactly(i);
        }
        assertThat(host.info().get("channels")).isEqualTo(6L);
    }

    @Test
    void whoGivesUpWaitingDoesNoHarm() throws Exception {
        HostListener listener = host.listen(0, 0, CREDIT);
        for (int i = 0; i < 3; i++) {
            Peer.reset(clients.connect(listener.port()));
        }
        Socket last = clients.connect(listener.port());
        last.getOutputStream().write(7);

        listener.grant(MANY);

        // Those before may have been announced, with what happened to them.
        HostChannel channel = listener.accept();
        while (!last.getLocalSocketAddress().equals(channel.remote())) {
            assertThat(channel.awaitClose().code()).isEqualTo(ErrorCode.CONNECTION_RESET);
            channel.sendClose();
            channel = listener.accept();
        }
        assertThat(channel.receive(1)).containsExactly(7);
    }

    @Test
    void theBacklogIsAsLongAsAskedFor() throws Exception {
        HostListener roomy = host.listen(Operation.TCP_LISTEN, 0, 0, 40, 0, 0, Map.of());
        for (int i = 0; i < 40; i++) {
            clients.connect(roomy.port());
        }

        HostListener narrow = host.listen(Operation.TCP_LISTEN, 2, 0, 1, 0, 0, Map.of());
        int waiting = 0;
        while (waiting < 10 && clients.connectIfThereIsRoom(narrow.port()) != null) {
            waiting++;
        }
        assertThat(waiting).isBetween(1, 3);
        assertThat(narrow.waiting()).isZero();
    }

    // Many

    @Test
    void twoHundredClientsOneAfterAnother() throws Exception {
        long before = host.counter("accepted");
        HostListener listener = listen(0);
        listener.serve(HostChannel::echo);
        for (int i = 0; i < 200; i++) {
            byte[] content = Peer.content(i);
            try (Socket client = clients.connect(listener.port())) {
                assertThat(Clients.roundTrip(client, content)).isEqualTo(content);
            }
        }
        assertThat(host.counter("accepted")).isEqualTo(before + 200);
    }

    @Test
    void sixteenClientsAtOnce() throws Exception {
        HostListener listener = listen(0);
        listener.serve(HostChannel::echo);
        List<FutureTask<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int size = 10_000 + i;
            Socket client = clients.connect(listener.port());
            FutureTask<byte[]> answer = new FutureTask<>(() -> Clients.roundTrip(client, Peer.content(size)));
            new Thread(answer, "client-" + i).start();
            answers.add(answer);
        }
        for (int i = 0; i < 16; i++) {
            assertThat(get(answers.get(i))).isEqualTo(Peer.content(10_000 + i));
        }
    }

    private static byte[] get(FutureTask<byte[]> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a client failed", e.getCause());
        }
    }

    @Test
    void aFloodWithoutCreditWaitsOutside() throws Exception {
        try (Peer peer = new Peer();
                Flood flood = new Flood()) {
            peer.echo();
            HostListener listener = host.listen(0, 0, CREDIT);
            HostChannel other = host.connect(2, peer.port(), CREDIT);
            flood.connect(listener.port(), 300);

            other.grantBack();
            byte[] content = Peer.content(20_000);
            other.send(content);
            assertThat(other.receive(content.length)).isEqualTo(content);
            assertThat(host.info().get("channels")).isEqualTo(2L);
            assertThat(listener.waiting()).isZero();
        }
    }

    @Test
    void aFloodOfClientsThatGoAtOnceIsNotFatal() throws Exception {
        HostListener listener = listen(0);
        listener.serve(HostChannel::echo);
        for (int i = 0; i < 300; i++) {
            Socket client = clients.connect(listener.port());
            if (i % 3 == 0) {
                Peer.reset(client);
            } else {
                client.close();
            }
        }
        byte[] content = Peer.content(5000);
        assertThat(Clients.roundTrip(clients.connect(listener.port()), content)).isEqualTo(content);
    }

    @Test
    void withoutAFreeChannelConnectionsWait() throws Exception {
        HostListener listener = host.listen(Operation.TCP_LISTEN, 0, 0, 0, MANY, CREDIT, Map.of());
        int max = Math.toIntExact((Long) host.info().get("channels_max"));
        List<HostChannel> channels = new ArrayList<>();
        for (int i = 1; i < max; i++) {
            clients.connect(listener.port());
            channels.add(listener.accept());
        }
        clients.connect(listener.port()).getOutputStream().write(7);
        host.request(Operation.PING);
        assertThat(listener.waiting()).isZero();
        assertThat(host.refused(Operation.TCP_CONNECT, 2, Peer.localhost(), listener.port(), 0, Map.of())
                        .errorCode())
                .isEqualTo(ErrorCode.NO_RESOURCES);

        finish(channels.get(max / 2));

        assertThat(listener.accept().receive(1)).containsExactly(7);
    }
}
