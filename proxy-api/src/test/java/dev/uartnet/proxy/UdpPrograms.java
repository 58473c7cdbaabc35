package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** UDP on the device, with this host's own sockets as peers. */
abstract class UdpPrograms extends Programs {
    private static final int DATAGRAMS = 1_000;
    private static final int SENDERS = 4;
    private static final int BYTES_MAX = 400;

    UdpPrograms(TestDevice device) {
        super(device);
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout((int) WAIT.toMillis());
        return socket;
    }

    private static byte[] receive(DatagramSocket socket) throws IOException {
        java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[2_000], 2_000);
        socket.receive(packet);
        return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Sends from several sockets in turn, one datagram on its way in each, and expects each back where it came from. */
    static void expectEcho(int port, int datagrams) throws IOException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        DatagramSocket[] senders = new DatagramSocket[SENDERS];
        byte[][] sent = new byte[SENDERS][];
        Random random = new Random(datagrams);
        try {
            for (int i = 0; i < SENDERS; i++) {
                senders[i] = socket();
            }
            for (int number = 0; number < datagrams + SENDERS; number++) {
                int who = number % SENDERS;
                byte[] due = sent[who];
                if (due != null) {
                    assertThat(receive(senders[who]))
                            .as("datagram %d", number - SENDERS)
                            .isEqualTo(due);
                }
                if (number < datagrams) {
                    byte[] content = new byte[number % 100 == 0 ? 0 : random.nextInt(BYTES_MAX)];
                    random.nextBytes(content);
                    sent[who] = content;
                    senders[who].send(new java.net.DatagramPacket(content, content.length, server));
                } else {
                    sent[who] = null;
                }
            }
        } finally {
            for (DatagramSocket sender : senders) {
                if (sender != null) {
                    sender.close();
                }
            }
        }
    }

    @Test
    void echoes() throws Exception {
        Connection server = client().udpServer()
                .host(LOOPBACK)
                .port(0)
                .handle((in, out) -> out.sendObject(in.receiveObject()
                        .cast(DatagramPacket.class)
                        .map(packet -> new DatagramPacket(packet.content().retain(), packet.sender()))))
                .bindNow(WAIT);
        try {
            expectEcho(((InetSocketAddress) server.channel().localAddress()).getPort(), DATAGRAMS);
        } finally {
            server.disposeNow(WAIT);
        }
    }

    @Test
    void aClientTalksToOnePeer() throws Exception {
        try (DatagramSocket peer = socket();
                DatagramSocket stranger = socket()) {
            Connection client = Objects.requireNonNull(client().udpClient()
                    .host(LOOPBACK)
                    .port(peer.getLocalPort())
                    .connect()
                    .block(WAIT));
            try {
                client.outbound()
                        .sendString(Flux.just("one", "two"), StandardCharsets.US_ASCII)
                        .then()
                        .block(WAIT);
                java.net.DatagramPacket first = new java.net.DatagramPacket(new byte[100], 100);
                peer.receive(first);
                assertThat(new String(first.getData(), 0, first.getLength(), StandardCharsets.US_ASCII))
                        .isEqualTo("one");
                assertThat(receive(peer)).isEqualTo("two".getBytes(StandardCharsets.US_ASCII));
                Mono<List<String>> answers = client.inbound()
                        .receive()
                        .asString(StandardCharsets.US_ASCII)
                        .take(2)
                        .collectList();
                byte[] noise = {1, 2, 3};
                stranger.send(new java.net.DatagramPacket(noise, noise.length, first.getSocketAddress()));
                for (String answer : List.of("three", "four")) {
                    byte[] content = answer.getBytes(StandardCharsets.US_ASCII);
                    peer.send(new java.net.DatagramPacket(content, content.length, first.getSocketAddress()));
                }
                assertThat(answers.block(WAIT)).containsExactly("three", "four");
            } finally {
                client.disposeNow(WAIT);
            }
        }
    }

    @Test
    void echoesByFlux() throws Exception {
        ProxyDatagramSocket server =
                TestLine.get(client().sockets().udp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        assertThat(server.localAddress().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        Mono<Void> echo = server.send(server.receive().map(got -> got.reply(got.data())));
        var running = echo.subscribe();
        try {
            expectEcho(server.localAddress().getPort(), DATAGRAMS / 5);
        } finally {
            running.dispose();
            server.close().block(WAIT);
        }
    }

    @Test
    void sendsToAName() throws Exception {
        try (DatagramSocket peer = socket()) {
            Mono.usingWhen(
                            client().sockets().udp(0),
                            socket -> socket.send(Mono.just(new ProxyDatagram(
                                    InetSocketAddress.createUnresolved("localhost", peer.getLocalPort()),
                                    Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII)))),
                            ProxyDatagramSocket::close)
                    .block(WAIT);
            assertThat(receive(peer)).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
