package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.DeviceException;
import dev.uartnet.esp32.RequestGate;
import dev.uartnet.proxy.PoolMemberState.Kind;
import dev.uartnet.transport.UartPortNotFoundException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Several boards as one, over lines in memory. */
@Timeout(120)
class PoolTest {
    private static List<ProxyConnection> open(ProxyPool pool, int port, int count) {
        return get(Flux.range(0, count)
                .flatMap(any -> pool.sockets().connect("127.0.0.1", port), count)
                .collectList());
    }

    private static String echo(ProxyConnection connection, String text) {
        return get(connection
                .send(Mono.just(Unpooled.copiedBuffer(text, UTF_8)))
                .thenMany(connection.receive().map(part -> part.toString(UTF_8)))
                .scan("", String::concat)
                .filter(all -> all.length() >= text.length())
                .next());
    }

    /** A gate that answers connects with an error; tells how many. */
    private static RequestGate refusing(ErrorCode code, AtomicInteger asked) {
        return (operation, args) -> {
            if (operation != Operation.TCP_CONNECT) {
                return CompletableFuture.completedFuture(null);
            }
            asked.incrementAndGet();
            return CompletableFuture.failedFuture(new DeviceException(code, "by this test", null));
        };
    }

    // ---- which board

    @Test
    void aThousandSocketsAreSpreadEvenly() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(4, board -> board.channels(512)).connect()) {
            List<ProxyConnection> connections = open(test.pool(), server.port(), 1_000);
            assertThat(test.sockets()).containsExactly(250, 250, 250, 250);
            assertThat(echo(connections.get(0), "hello")).isEqualTo("hello");
            Flux.fromIterable(connections).flatMap(ProxyConnection::close, 64).blockLast(WAIT);
            for (PoolMember member : test.pool().members()) {
                OpenChannels.awaitNone(get(member.client()));
                assertThat(member.sockets()).isZero();
                assertThat(member.socketsMax()).isEqualTo(512);
            }
        }
    }

    @Test
    void equalBoardsTakeTurns() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(2, board -> board).connect()) {
            Set<Integer> used = new HashSet<>();
            for (int i = 0; i < 4; i++) {
                ProxyConnection connection = open(test.pool(), server.port(), 1).get(0);
                used.add(test.sockets().indexOf(1));
                connection.close().block(WAIT);
                for (PoolMember member : test.pool().members()) {
                    OpenChannels.awaitNone(get(member.client()));
                }
            }
            assertThat(used).containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void aLargerBoardGetsMore() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(1, board -> board.channels(4))) {
            test.add().plug(board -> board.channels(12));
            test.connect();
            for (int i = 0; i < 12; i++) {
                open(test.pool(), server.port(), 1);
            }
            assertThat(test.sockets()).containsExactly(3, 9);
        }
    }

    @Test
    void whatOthersOpenOnABoardCountsToo() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(2, board -> board).connect()) {
            ProxyClient own = get(test.board(0).member().client());
            get(Flux.range(0, 5)
                    .concatMap(any -> own.sockets().connect("127.0.0.1", server.port()))
                    .collectList());
            for (int i = 0; i < 5; i++) {
                open(test.pool(), server.port(), 1);
            }
            assertThat(test.sockets()).containsExactly(5, 5);
        }
    }

    @Test
    void aFullBoardIsPassedOver() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(1, board -> board.gate(refusing(ErrorCode.NO_RESOURCES, asked)))) {
            test.add().plug(board -> board);
            test.connect();
            for (int i = 0; i < 10; i++) {
                assertThat(echo(open(test.pool(), server.port(), 1).get(0), "x"))
                        .isEqualTo("x");
            }
            assertThat(test.sockets()).containsExactly(0, 10);
            // It is left alone for a while, not asked for each socket.
            assertThat(asked.get()).isBetween(1, 3);
        }
    }

    @Test
    void allAreFull() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(2, board -> board.channels(2)).connect()) {
            List<ProxyConnection> four = open(test.pool(), server.port(), 4);
            assertThatThrownBy(() -> open(test.pool(), server.port(), 1))
                    .hasCauseInstanceOf(SocketException.class)
                    .hasMessageContaining("none of the 2 boards that are up has opened the socket")
                    .satisfies(cause -> assertThat(
                                    RemoteError.of(cause).orElseThrow().code())
                            .isEqualTo(ErrorCode.NO_RESOURCES));
            four.get(1).close().block(WAIT);
            // The device frees it a round trip later; a full board is asked all the same.
            assertThat(get(Flux.defer(() -> test.pool().sockets().connect("127.0.0.1", server.port()))
                            .retry(1_000)
                            .next()))
                    .isNotNull();
        }
    }

    @Test
    void aBoardWithoutANetworkIsPassedOver() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(1, board -> board.gate(refusing(ErrorCode.NETWORK_DOWN, asked)))) {
            test.add().plug(board -> board);
            test.connect();
            for (int i = 0; i < 5; i++) {
                open(test.pool(), server.port(), 1);
            }
            assertThat(test.sockets()).containsExactly(0, 5);
            assertThat(asked.get()).isPositive();
        }
    }

    @Test
    void whatTheNetworkRefusesIsNotTriedElsewhere() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (TestPool test = TestPool.of(3, board -> board.gate(refusing(ErrorCode.CONNECTION_REFUSED, asked)))
                .connect()) {
            assertThatThrownBy(() -> open(test.pool(), 9, 1)).hasMessageContaining("Connection refused");
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void namesAreResolvedByABoardThatHasANetwork() throws Exception {
        try (TestPool test = TestPool.of(
                        2, board -> board.names(name -> List.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}))))
                .connect()) {
            test.board(0).device().radio().outage();
            for (int i = 0; i < 4; i++) {
                assertThat(get(test.pool().resolve("any.test").next()).getHostAddress())
                        .isEqualTo("10.0.0.1");
            }
        }
    }

    @Test
    void anHttpClientUsesAllBoards() throws Exception {
        try (BodyServer server = new BodyServer();
                TestPool test = TestPool.of(3, board -> board).connect()) {
            CompletableFuture<Void> enough = new CompletableFuture<>();
            AtomicInteger begun = new AtomicInteger();
            Flux<byte[]> bodies = Flux.range(0, 6)
                    .flatMap(
                            any -> test.pool()
                                    .httpClient()
                                    .get()
                                    .uri(server.uri("/length/10000"))
                                    .responseContent()
                                    .aggregate()
                                    .asByteArray()
                                    .doOnNext(body -> {
                                        if (begun.incrementAndGet() == 6) {
                                            enough.complete(null);
                                        }
                                    }),
                            6);
            assertThat(get(bodies.collectList())).hasSize(6).allSatisfy(body -> assertThat(body)
                    .hasSize(10_000));
            assertThat(enough).isDone();
            // Kept by reactor-netty's pool.
            assertThat(test.sockets()).containsExactly(2, 2, 2);
            test.board(1).unplug();
            test.board(1).await(Kind.DOWN);
            assertThat(get(bodies.collectList())).hasSize(6);
            assertThat(test.sockets()).containsExactly(3, 0, 3);
        }
    }

    @Test
    void everyKindOfClient() throws Exception {
        try (EchoServer server = new EchoServer();
                DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                TestPool test = TestPool.of(2, board -> board).connect()) {
            Connection tcp = get(test.pool()
                    .tcpClient()
                    .host("127.0.0.1")
                    .port(server.port())
                    .connect());
            Channel plain = test.pool()
                    .bootstrap(test.loops)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect("127.0.0.1", server.port())
                    .sync()
                    .channel();
            Connection udp = get(test.pool()
                    .udpClient()
                    .host("127.0.0.1")
                    .port(peer.getLocalPort())
                    .connect());
            ProxyDatagramSocket datagrams = get(test.pool().sockets().udp(0));
            assertThat(test.sockets()).containsExactly(2, 2);
            udp.outbound().sendString(Mono.just("hello")).then().block(WAIT);
            byte[] bytes = new byte[5];
            peer.setSoTimeout((int) WAIT.toMillis());
            peer.receive(new DatagramPacket(bytes, bytes.length));
            assertThat(new String(bytes, UTF_8)).isEqualTo("hello");
            tcp.dispose();
            plain.close();
            udp.dispose();
            datagrams.close().block(WAIT);
        }
    }

    @Test
    void listenersAreABoardsOwn() throws Exception {
        try (TestPool test = TestPool.of(2, board -> board).connect()) {
            assertThatThrownBy(() -> test.pool().sockets().listen(0).block(WAIT))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("[board0, board1]");
            ProxyListener listener =
                    get(get(test.board(1).member().client()).sockets().listen(0));
            assertThat(test.sockets()).containsExactly(0, 1);
            listener.close().block(WAIT);
            assertThatThrownBy(() -> test.pool().member("board9")).hasMessageContaining("[board0, board1]");
        }
    }

    // ---- boards that are lost, and come back

    @Test
    void aLostBoardIsLeftOutAndTakenBack() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(3, board -> board).connect()) {
            List<ProxyConnection> nine = open(test.pool(), server.port(), 9);
            assertThat(test.sockets()).containsExactly(3, 3, 3);
            List<CompletableFuture<Void>> received = nine.stream()
                    .map(connection -> connection.receive().then().toFuture())
                    .toList();
            CountDownLatch lost = new CountDownLatch(3);
            received.forEach(end -> end.whenComplete((nothing, cause) -> lost.countDown()));
            test.board(1).unplug();
            PoolMemberState down = test.board(1).await(Kind.DOWN);
            assertThat(down.cause()).isNotNull();
            // Its sockets fail, the others do not.
            assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(received.stream().filter(CompletableFuture::isDone))
                    .hasSize(3)
                    .allSatisfy(end -> assertThatThrownBy(end::join).hasCauseInstanceOf(LinkLostException.class));
            assertThat(nine.stream().filter(connection -> connection.channel().isActive()))
                    .hasSize(6);
            // New ones go to the living.
            open(test.pool(), server.port(), 4);
            assertThat(test.sockets()).containsExactly(5, 0, 5);
            test.board(1).plug(board -> board);
            test.board(1).await(Kind.UP);
            for (int i = 0; i < 5; i++) {
                open(test.pool(), server.port(), 1);
            }
            assertThat(test.sockets()).containsExactly(5, 5, 5);
        }
    }

    @Test
    void allAreLostAndSocketsWait() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(2, board -> board).connect()) {
            test.board(0).unplug();
            test.board(1).unplug();
            test.await(state -> !state.isUp());
            CompletableFuture<List<ProxyConnection>> waiting = Flux.range(0, 4)
                    .flatMap(any -> test.pool().sockets().connect("127.0.0.1", server.port()))
                    .collectList()
                    .toFuture();
            CompletableFuture<?> name =
                    test.pool().resolve("localhost").collectList().toFuture();
            assertThat(waiting).isNotDone();
            test.board(1).plug(board -> board);
            assertThat(waiting.get(20, TimeUnit.SECONDS)).hasSize(4);
            assertThat(name.get(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(test.sockets()).containsExactly(0, 4);
        }
    }

    @Test
    void allAreLostAndSocketsWaitNoLongerThanTheyMay() throws Exception {
        try (TestPool test = TestPool.of(2, board -> board).connect()) {
            test.board(0).unplug();
            test.board(1).unplug();
            test.await(state -> state.members().stream().allMatch(member -> member.attempts() > 0));
            assertThatThrownBy(() -> test.pool()
                            .sockets()
                            .connectTimeout(Duration.ofMillis(50))
                            .connect("127.0.0.1", 9)
                            .block(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining("no board of the pool is up")
                    .hasMessageContaining("board0 is DOWN")
                    .hasMessageContaining("cannot open board1: no such port");
        }
    }

    @Test
    void allAreLostAndSocketsFail() throws Exception {
        try (TestPool test = TestPool.of(2, board -> board).connect(connector -> connector.whileDown(WhileDown.FAIL))) {
            test.board(0).unplug();
            test.board(1).unplug();
            test.await(state -> state.members().stream().allMatch(member -> member.attempts() > 0));
            assertThatThrownBy(() -> test.pool()
                            .tcpClient()
                            .host("127.0.0.1")
                            .port(9)
                            .connect()
                            .block(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining("cannot open board0: no such port")
                    .hasMessageContaining("cannot open board1: no such port")
                    .satisfies(failed -> {
                        LinkLostException lost = (LinkLostException) failed.getCause();
                        assertThat(lost.mayHaveRun()).isFalse();
                        assertThat(lost.getCause()).isInstanceOf(UartPortNotFoundException.class);
                        assertThat(lost.getSuppressed()).hasSize(1);
                    });
            assertThatThrownBy(() -> test.pool().resolve("x.test").blockFirst(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class);
        }
    }

    /** Connects that a board was asked for, and has surely not seen, are another one's. */
    @Test
    void aBoardIsLostInTheMiddleOfConnects() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(2, board -> board).connect()) {
            CompletableFuture<List<Object>> all = Flux.range(0, 50)
                    .flatMap(
                            any -> test.pool()
                                    .sockets()
                                    .connect("127.0.0.1", server.port())
                                    .cast(Object.class)
                                    .onErrorResume(Mono::just),
                            50)
                    .collectList()
                    .toFuture();
            test.board(0).unplug();
            List<Object> results = all.get(20, TimeUnit.SECONDS);
            assertThat(results).hasSize(50);
            for (Object result : results) {
                if (result instanceof Throwable failed) {
                    assertThat(failed).isInstanceOf(LinkLostException.class);
                    assertThat(((LinkLostException) failed).mayHaveRun()).isTrue();
                }
            }
            test.board(0).await(Kind.DOWN);
            assertThat(echo(open(test.pool(), server.port(), 1).get(0), "on")).isEqualTo("on");
        }
    }

    // ---- the pool's own beginning and end

    @Test
    void aBoardThatIsMissingComesLater() throws Exception {
        try (EchoServer server = new EchoServer();
                TestPool test = TestPool.of(1, board -> board)) {
            TestPool.Board late = test.add();
            test.connect();
            assertThat(late.member().state().kind()).isEqualTo(Kind.CONNECTING);
            assertThat(late.member().state().cause()).isInstanceOf(UartPortNotFoundException.class);
            assertThat(test.pool())
                    .hasToString("ProxyPool[1 of 2 boards up: board0 is UP; "
                            + late.member().state() + "]");
            assertThat(test.pool().state().up()).isEqualTo(1);
            CompletableFuture<ProxyClient> client = late.member().client().toFuture();
            assertThat(client).isNotDone();
            late.plug(board -> board);
            late.await(Kind.UP);
            assertThat(client.get(10, TimeUnit.SECONDS).ping().block(WAIT)).isPositive();
            open(test.pool(), server.port(), 2);
            assertThat(test.sockets()).containsExactly(1, 1);
        }
    }

    @Test
    void noneIsThere() throws Exception {
        try (TestPool test = new TestPool()) {
            test.add();
            test.add();
            assertThatThrownBy(() -> test.connecting(connector -> connector).block(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining("board0 is CONNECTING (1 attempt failed): cannot open board0: no such port")
                    .hasMessageContaining("board1 is CONNECTING (1 attempt failed): cannot open board1: no such port");
        }
        assertThatThrownBy(() -> ProxyClient.connector().pool()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProxyClient.pool("/dev/ttyUSB0", "/dev/ttyUSB0"))
                .hasMessageContaining("twice: /dev/ttyUSB0");
    }

    @Test
    void boardsThatAreNotToComeBack() throws Exception {
        try (TestPool test = TestPool.of(2, board -> board).connect(ProxyConnector::noReconnect)) {
            ProxyPool pool = test.pool();
            CompletableFuture<Void> end = pool.onClose().toFuture();
            test.board(0).unplug();
            test.board(0).await(Kind.CLOSED);
            assertThat(pool.isDisposed()).isFalse();
            test.board(1).unplug();
            assertThatThrownBy(() -> end.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(LinkLostException.class);
            assertThat(pool.isDisposed()).isTrue();
            assertThat(get(pool.states().last()).up()).isZero();
            assertThatThrownBy(() -> pool.sockets().connect("127.0.0.1", 9).block(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining("board1 is CLOSED");
        }
    }

    @Test
    void closedInTheMiddle() throws Exception {
        try (BodyServer server = new BodyServer();
                TestPool test = TestPool.of(3, board -> board)) {
            TestPool.Board missing = test.add();
            test.connect();
            ProxyPool pool = test.pool();
            AtomicInteger begun = new AtomicInteger();
            CompletableFuture<Void> all = new CompletableFuture<>();
            List<CompletableFuture<Void>> downloads = IntStream.range(0, 6)
                    .mapToObj(i -> pool.httpClient()
                            .get()
                            .uri(server.uri("/length/2000000000"))
                            .response((head, body) -> {
                                if (begun.incrementAndGet() == 6) {
                                    all.complete(null);
                                }
                                return body;
                            })
                            .then()
                            .toFuture())
                    .toList();
            all.get(20, TimeUnit.SECONDS);
            pool.close().block(WAIT);
            assertThat(downloads).allSatisfy(download -> assertThatThrownBy(() -> download.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(LinkLostException.class));
            assertThat(pool.isDisposed()).isTrue();
            pool.onClose().block(WAIT);
            assertThat(get(pool.states().last()).members()).allMatch(state -> state.kind() == Kind.CLOSED);
            assertThatThrownBy(() -> pool.sockets().connect("127.0.0.1", 9).block(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining("this host has closed");
            assertThatThrownBy(() -> missing.member().client().block(WAIT)).hasCauseInstanceOf(LinkLostException.class);
            pool.close().block(WAIT);
        }
    }
}
