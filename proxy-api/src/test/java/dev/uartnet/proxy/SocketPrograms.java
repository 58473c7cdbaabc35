package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Programs that use {@link ProxySockets}; their peers are this host's own sockets. */
abstract class SocketPrograms extends Programs {
    SocketPrograms(TestDevice device) {
        super(device);
    }

    private static ServerSocket server() throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout((int) WAIT.toMillis());
        return server;
    }

    private static Socket peer(int port) throws IOException {
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), port);
        peer.setSoTimeout((int) WAIT.toMillis());
        return peer;
    }

    private ProxyListener listener() {
        return TestLine.get(client().sockets().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String text(ByteBuf buffer) {
        return buffer.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void connectsSendsReceivesAndEndsEachWayByItself() throws Exception {
        try (BlockingEcho echo = new BlockingEcho()) {
            String digest = Mono.usingWhen(
                            client().sockets().connect("localhost", echo.port()),
                            connection -> {
                                assertThat(connection.remoteAddress().getPort()).isEqualTo(echo.port());
                                assertThat(connection.localAddress().getPort()).isPositive();
                                return Mono.zip(
                                                connection
                                                        .send(body(bodyBytes()))
                                                        .then(connection.shutdownOutput())
                                                        .thenReturn(true),
                                                digest(connection.receive()))
                                        .map(both -> both.getT2());
                            },
                            ProxyConnection::close)
                    .block(LONG);
            assertThat(digest).isEqualTo(digestOf(bodyBytes()));
        }
    }

    @Test
    void aConnectionWhoseDirectionsHaveBothEndedIsClosed() throws Exception {
        try (ServerSocket server = server()) {
            ProxyConnection connection = TestLine.get(client().sockets().connect(LOOPBACK, server.getLocalPort()));
            try (Socket accepted = server.accept()) {
                accepted.shutdownOutput();
                assertThat(connection.receive().count().block(WAIT)).isZero();
                connection.send(Mono.just(text("late"))).block(WAIT);
                connection.shutdownOutput().block(WAIT);
                assertThat(accepted.getInputStream().readAllBytes())
                        .isEqualTo("late".getBytes(StandardCharsets.US_ASCII));
            }
            connection.onClose().block(WAIT);
            assertThat(connection.channel().isOpen()).isFalse();
        }
    }

    @Test
    void receivesAgainWhereTheLastOneHasStopped() throws Exception {
        try (ServerSocket server = server()) {
            ProxyConnection connection = TestLine.get(client().sockets().connect(LOOPBACK, server.getLocalPort()));
            try (Socket accepted = server.accept()) {
                accepted.setTcpNoDelay(true);
                accepted.getOutputStream().write("first".getBytes(StandardCharsets.US_ASCII));
                StringBuilder seen = new StringBuilder();
                while (seen.length() < 5) {
                    seen.append(text(TestLine.get(connection.receive().next())));
                }
                accepted.getOutputStream().write("second".getBytes(StandardCharsets.US_ASCII));
                accepted.shutdownOutput();
                connection.receive().doOnNext(part -> seen.append(text(part))).blockLast(WAIT);
                assertThat(seen).hasToString("firstsecond");
            }
            connection.close().block(WAIT);
        }
    }

    @Test
    void demandStopsThePeer() throws Exception {
        try (BodyServer server = new BodyServer()) {
            ProxyConnection connection = TestLine.get(
                    client().sockets().option(ChannelOption.SO_RCVBUF, 4_096).connect(LOOPBACK, server.port()));
            LineCounter counter = LineCounter.of(client());
            connection
                    .send(Mono.just(text("GET /close/" + bodyBytes() + " HTTP/1.1\r\n\r\n")))
                    .block(WAIT);
            AtomicInteger parts = new AtomicInteger();
            Sinks.Empty<Void> three = Sinks.empty();
            Sinks.Empty<Void> end = Sinks.empty();
            BaseSubscriber<ByteBuf> reader = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.request(3);
                }

                @Override
                protected void hookOnNext(ByteBuf part) {
                    if (parts.incrementAndGet() == 3) {
                        three.tryEmitEmpty();
                    }
                }

                @Override
                protected void hookOnComplete() {
                    end.tryEmitEmpty();
                }
            };
            connection.receive().subscribe(reader);
            three.asMono().block(WAIT);
            // That nothing more comes can only be seen: for as long as some round trips take.
            client().ping().repeat(20).blockLast(WAIT);
            assertThat(parts).hasValue(3);
            assertThat(counter.bytes()).as("bytes on the line").isLessThan(40_000);
            reader.requestUnbounded();
            end.asMono().block(LONG);
        }
    }

    @Test
    void acceptsAsManyAsAreAskedFor() throws Exception {
        ProxyListener listener = listener();
        int port = listener.localAddress().getPort();
        Sinks.Many<ProxyConnection> accepted = Sinks.many().unicast().onBackpressureBuffer();
        BaseSubscriber<ProxyConnection> acceptor = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(ProxyConnection connection) {
                accepted.tryEmitNext(connection);
            }
        };
        listener.accept().subscribe(acceptor);
        Flux<ProxyConnection> connections = accepted.asFlux().replay().autoConnect(0);
        try (Socket first = peer(port);
                Socket second = peer(port)) {
            ProxyConnection one = TestLine.get(connections.next());
            assertThat(one.remoteAddress().getPort()).isEqualTo(first.getLocalPort());
            int channels = channels();
            client().ping().repeat(20).blockLast(WAIT);
            assertThat(channels()).as("channels of the device").isEqualTo(channels);
            acceptor.request(1);
            ProxyConnection two = TestLine.get(connections.skip(1).next());
            assertThat(two.remoteAddress().getPort()).isEqualTo(second.getLocalPort());

            acceptor.cancel();
            listener.onClose().block(WAIT);
            // They live on.
            first.getOutputStream().write('1');
            assertThat(text(TestLine.get(one.receive().next()))).isEqualTo("1");
            two.send(Mono.just(text("2"))).block(WAIT);
            assertThat(second.getInputStream().read()).isEqualTo('2');
            one.close().block(WAIT);
            two.close().block(WAIT);
            assertThat(first.getInputStream().read()).isEqualTo(-1);
        }
        assertThatThrownBy(() -> peer(port)).isInstanceOf(ConnectException.class);
    }

    private int channels() {
        Integer channels = TestLine.get(client().info()).channels();
        assertThat(channels).isNotNull();
        return channels;
    }

    @Test
    void echoesToItsClients() throws Exception {
        ProxyListener listener = listener();
        Disposable serving = listener.accept()
                .flatMap(connection -> Mono.usingWhen(
                        Mono.just(connection), c -> c.send(c.receive()).onErrorComplete(), ProxyConnection::close))
                .subscribe();
        for (int i = 0; i < 5; i++) {
            try (Socket peer = peer(listener.localAddress().getPort())) {
                byte[] sent = ("client " + i).repeat(500).getBytes(StandardCharsets.US_ASCII);
                peer.getOutputStream().write(sent);
                peer.shutdownOutput();
                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(sent);
            }
        }
        serving.dispose();
        listener.onClose().block(WAIT);
    }

    @Test
    void whatFailsSaysWhy() throws Exception {
        int closed;
        try (ServerSocket socket = server()) {
            closed = socket.getLocalPort();
        }
        ProxySockets sockets = client().sockets();
        assertThatThrownBy(() -> sockets.connect(LOOPBACK, closed).block(WAIT))
                .hasCauseInstanceOf(ConnectException.class)
                .hasMessageContaining("Connection refused (device: ");
        assertThatThrownBy(() -> sockets.connect("no-such-host.invalid", 80).block(WAIT))
                .hasCauseInstanceOf(UnknownHostException.class);
        ProxyListener listener = listener();
        assertThatThrownBy(() -> sockets.listen(listener.localAddress()).block(WAIT))
                .hasCauseInstanceOf(BindException.class);
        listener.close().block(WAIT);
    }

    @Test
    void connectingHasATimeout() throws Exception {
        // A backlog of one, which is full: what comes then gets no answer.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket one = peer(full.getLocalPort());
                Socket two = peer(full.getLocalPort())) {
            assertThat(one.isConnected() && two.isConnected()).isTrue();
            assertThatThrownBy(() -> client().sockets()
                            .connectTimeout(Duration.ofMillis(300))
                            .connect(LOOPBACK, full.getLocalPort())
                            .block(WAIT))
                    .hasCauseInstanceOf(ConnectTimeoutException.class);
        }
    }

    @Test
    void aResetIsAnError() throws Exception {
        try (ServerSocket server = server()) {
            ProxyConnection connection = TestLine.get(client().sockets().connect(LOOPBACK, server.getLocalPort()));
            Mono<Void> waiting = connection.send(Flux.never());
            Socket accepted = server.accept();
            accepted.setSoLinger(true, 0);
            accepted.close();
            assertThatThrownBy(() -> connection.receive().blockLast(WAIT)).hasCauseInstanceOf(SocketException.class);
            assertThatThrownBy(() -> waiting.block(WAIT)).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsCutShortDoesNotLookWhole() throws Exception {
        try (ServerSocket server = server()) {
            ProxyConnection connection = TestLine.get(client().sockets().connect(LOOPBACK, server.getLocalPort()));
            try (Socket accepted = server.accept()) {
                accepted.setSoTimeout((int) WAIT.toMillis());
                Mono<Long> receiving = connection.receive().count();
                connection.send(Mono.just(text("part"))).block(WAIT);
                assertThat(accepted.getInputStream().readNBytes(4)).hasSize(4);
                connection.reset().block(WAIT);
                assertThatThrownBy(() -> receiving.block(WAIT)).hasCauseInstanceOf(ClosedChannelException.class);
                assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void twoCannotReceiveAtOnce() throws Exception {
        try (ServerSocket server = server()) {
            ProxyConnection connection = TestLine.get(client().sockets().connect(LOOPBACK, server.getLocalPort()));
            Disposable first = connection.receive().onErrorComplete().subscribe();
            assertThatThrownBy(() -> connection.receive().blockLast(WAIT)).isInstanceOf(IllegalStateException.class);
            first.dispose();
            connection.close().block(WAIT);
        }
    }

    @Test
    void aFailingPublisherFailsTheSend() throws Exception {
        try (ServerSocket server = server()) {
            ProxyConnection connection = TestLine.get(client().sockets().connect(LOOPBACK, server.getLocalPort()));
            Flux<ByteBuf> broken = Flux.just(text("a"), text("b")).concatWith(Flux.error(new IOException("disk")));
            assertThatThrownBy(() -> connection.send(broken).block(WAIT)).hasRootCauseMessage("disk");
            connection.send(Mono.just(text("c"))).then(connection.close()).block(WAIT);
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().readAllBytes())
                        .isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    void keptBuffersStayWhole() throws Exception {
        try (BlockingEcho echo = new BlockingEcho()) {
            List<ByteBuf> kept = Mono.usingWhen(
                            client().sockets().connect(LOOPBACK, echo.port()),
                            connection -> connection
                                    .send(Flux.range(0, 50).map(i -> text(i + ",")))
                                    .then(connection.shutdownOutput())
                                    .then(connection.receive().collectList()),
                            ProxyConnection::close)
                    .block(WAIT);
            StringBuilder all = new StringBuilder();
            assertThat(kept).isNotNull();
            kept.forEach(part -> all.append(text(part)));
            assertThat(all).startsWith("0,1,2,").endsWith(",48,49,");
        }
    }

    @Test
    void optionsThatNoSocketHasAreRefusedAtOnce() {
        assertThatThrownBy(() -> client().sockets().option(ChannelOption.IP_TOS, 8))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> client().sockets().option(ChannelOption.valueOf("no such option"), 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no such option");
    }
}
