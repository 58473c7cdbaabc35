package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.NameService;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.LinkState.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** What goes on, and what fails, when a device goes away and another one comes. */
@Timeout(120)
class RecoveryTest {
    private static VirtualEsp32.Builder plain(VirtualEsp32.Builder device) {
        return device;
    }

    private static VirtualEsp32.Builder named(VirtualEsp32.Builder device) {
        try {
            InetAddress address = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
            return device.names(NameService.of(Map.of("a.test", List.of(address))));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ReplaceableLine line() throws Exception {
        return line(RecoveryTest::plain, connector -> connector);
    }

    private static ReplaceableLine line(
            UnaryOperator<VirtualEsp32.Builder> device, UnaryOperator<ProxyConnector> connector) throws Exception {
        return new ReplaceableLine(device, connector);
    }

    /** Notes how a socket ends. */
    private static final class Witness extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failure.complete(cause);
        }
    }

    private static ChannelFuture connect(ReplaceableLine line, int port, int timeoutMillis, Witness witness) {
        return line.client
                .bootstrap(line.loops)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(witness)
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** A connect has gone from its own event loop (registration, then connect) to the link's. */
    private static void awaitWithTheLink(ReplaceableLine line, ChannelFuture connecting) {
        for (int task = 0; task < 2; task++) {
            connecting.channel().eventLoop().submit(() -> {}).syncUninterruptibly();
        }
        line.client.channel().eventLoop().submit(() -> {}).syncUninterruptibly();
    }

    private static LinkLostException lost(ChannelFuture connecting) {
        assertThat(connecting.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        assertThat(connecting.cause()).isInstanceOf(LinkLostException.class);
        return (LinkLostException) connecting.cause();
    }

    private static LinkLostException lost(CompletableFuture<?> future) throws Exception {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(LinkLostException.class);
            return (LinkLostException) e.getCause();
        }
        throw new AssertionError("it succeeded");
    }

    private static void isRepeated(int operation, Function<ProxyClient, Mono<?>> request) throws Exception {
        HoldingGate gate = new HoldingGate(operation);
        try (ReplaceableLine line = line(device -> device.gate(gate), connector -> connector)) {
            int firstBoot = line.device().bootId();
            CompletableFuture<?> answer = request.apply(line.client).toFuture();
            gate.arrived.get(20, TimeUnit.SECONDS);
            line.unplug();
            LinkState down = line.await(Kind.RECONNECTING);
            assertThat(down.session().bootId()).isEqualTo(firstBoot);
            assertThat(down.cause()).isNotNull();
            assertThat(answer.isDone()).isFalse();
            line.plug(RecoveryTest::named);
            assertThat(answer.get(20, TimeUnit.SECONDS)).isNotNull();
            LinkState up = line.await(Kind.CONNECTED);
            assertThat(up.session().bootId()).isEqualTo(line.device().bootId());
            assertThat(line.client.session()).isEqualTo(up.session());
        }
    }

    @Test
    void aPingIsRepeated() throws Exception {
        isRepeated(Operation.PING, ProxyClient::ping);
    }

    @Test
    void infoIsRepeated() throws Exception {
        isRepeated(Operation.INFO, ProxyClient::info);
    }

    @Test
    void aNameIsResolvedAgain() throws Exception {
        isRepeated(Operation.RESOLVE, client -> client.resolve("a.test").collectList());
    }

    @Test
    void aRequestIsRepeatedThroughSeveralLosses() throws Exception {
        HoldingGate first = new HoldingGate(Operation.PING);
        HoldingGate second = new HoldingGate(Operation.PING);
        try (ReplaceableLine line = line(device -> device.gate(first), connector -> connector)) {
            CompletableFuture<Duration> ping = line.client.ping().toFuture();
            first.arrived.get(20, TimeUnit.SECONDS);
            line.unplug();
            line.plug(device -> device.gate(second));
            second.arrived.get(20, TimeUnit.SECONDS);
            line.unplug();
            line.plug(RecoveryTest::plain);
            assertThat(ping.get(20, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void aRequestWaitsForItsTimeoutOnly() throws Exception {
        HoldingGate gate = new HoldingGate(Operation.PING);
        try (ReplaceableLine line =
                line(device -> device.gate(gate), connector -> connector.requestTimeout(Duration.ofMillis(400)))) {
            CompletableFuture<Duration> begun = line.client.ping().toFuture();
            gate.arrived.get(20, TimeUnit.SECONDS);
            line.unplug();
            LinkLostException lost = lost(begun);
            assertThat(lost.mayHaveRun()).isTrue();
            assertThat(lost).hasMessageContaining("an earlier attempt may have");
            assertThat(lost(line.client.ping().toFuture()))
                    .satisfies(refused -> assertThat(refused.mayHaveRun()).isFalse())
                    .hasMessage("the link to the device is down: cannot open memory: no such port;"
                            + " the request did not run");
        }
    }

    @Test
    void aCancelledWaiterIsForgotten() throws Exception {
        try (ReplaceableLine line = line()) {
            line.unplug();
            line.await(Kind.RECONNECTING);
            line.client.ping().subscribe().dispose();
            ChannelFuture connecting = connect(line, 1, 0, new Witness());
            connecting.cancel(false);
            assertThat(connecting.channel().closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void aConnectThatMayHaveRunFailsAndSaysSo() throws Exception {
        HoldingGate gate = new HoldingGate(Operation.TCP_CONNECT);
        try (ReplaceableLine line = line(device -> device.gate(gate), connector -> connector)) {
            ChannelFuture connecting = connect(line, 1, 20_000, new Witness());
            gate.arrived.get(20, TimeUnit.SECONDS);
            line.unplug();
            LinkLostException lost = lost(connecting);
            assertThat(lost.mayHaveRun()).isTrue();
            assertThat(lost).hasMessageEndingWith("the request may have run").hasRootCauseMessage(rootOf(lost));
        }
    }

    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Test
    void aConnectThatDidNotRunWaitsForTheNextSession() throws Exception {
        // One frame fills the device's window: what comes behind the held one is never sent.
        try (ReplaceableLine line =
                        line(device -> device.link(LinkConfig.device().withWindowFrames(1)), connector -> connector);
                EchoServer echo = new EchoServer()) {
            line.shut();
            ChannelFuture first = connect(line, echo.port(), 20_000, new Witness());
            awaitWithTheLink(line, first);
            ChannelFuture second = connect(line, echo.port(), 20_000, new Witness());
            awaitWithTheLink(line, second);
            line.unplug();
            LinkLostException lost = lost(first);
            assertThat(lost.mayHaveRun()).isTrue();
            line.plug(RecoveryTest::plain);
            assertThat(second.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
            assertThat(second.cause()).isNull();
            second.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void aNewConnectWaits() throws Exception {
        try (ReplaceableLine line = line();
                EchoServer echo = new EchoServer()) {
            line.unplug();
            line.await(Kind.RECONNECTING);
            ChannelFuture waiting = connect(line, echo.port(), 20_000, new Witness());
            ChannelFuture patient = connect(line, echo.port(), 0, new Witness());
            ChannelFuture brief = connect(line, echo.port(), 100, new Witness());
            LinkLostException lost = lost(brief);
            assertThat(lost.mayHaveRun()).isFalse();
            assertThat(lost).hasMessageContaining("is down").hasMessageEndingWith("the request did not run");
            assertThat(waiting.isDone()).isFalse();
            line.plug(RecoveryTest::plain);
            for (ChannelFuture each : List.of(waiting, patient)) {
                assertThat(each.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
                assertThat(each.cause()).isNull();
                each.channel().close().syncUninterruptibly();
            }
        }
    }

    @Test
    void newWorkFailsAtOnceIfItIsToldTo() throws Exception {
        try (ReplaceableLine line = line(RecoveryTest::plain, connector -> connector.whileDown(WhileDown.FAIL));
                EchoServer echo = new EchoServer()) {
            line.unplug();
            line.await(Kind.RECONNECTING);
            assertThat(lost(connect(line, echo.port(), 0, new Witness())).mayHaveRun())
                    .isFalse();
            assertThat(lost(line.client.info().toFuture()).mayHaveRun()).isFalse();
            line.plug(RecoveryTest::plain);
            line.await(Kind.CONNECTED);
            assertThat(get(line.client.ping())).isPositive();
            connect(line, echo.port(), 0, new Witness())
                    .syncUninterruptibly()
                    .channel()
                    .close()
                    .syncUninterruptibly();
        }
    }

    @Test
    void openSocketsFailAndThePoolHandsOutNoDeadOnes() throws Exception {
        try (ReplaceableLine line = line();
                EchoServer echo = new EchoServer();
                BodyServer server = new BodyServer()) {
            for (int round = 0; round < 5; round++) {
                Witness witness = new Witness();
                Channel socket = connect(line, echo.port(), 20_000, witness)
                        .syncUninterruptibly()
                        .channel();
                Mono<Long> length = line.client
                        .httpClient()
                        .get()
                        .uri(server.uri("/length/1000"))
                        .responseContent()
                        .map(data -> (long) data.readableBytes())
                        .reduce(0L, Long::sum);
                assertThat(get(length)).isEqualTo(1000);
                line.unplug();
                assertThat(witness.failure.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(LinkLostException.class)
                        .hasMessageContaining("the link to the device is lost")
                        .hasCauseInstanceOf(LinkException.class);
                assertThat(socket.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS))
                        .isTrue();
                // While it is down: waits, and is not sent into a dead connection.
                CompletableFuture<Long> waiting = length.toFuture();
                line.plug(RecoveryTest::plain);
                assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(1000);
                assertThat(server.connections).hasValue(round + 2);
            }
        }
    }

    @Test
    void closingWhileDownFailsWhoWaits() throws Exception {
        try (ReplaceableLine line = line()) {
            line.unplug();
            line.await(Kind.RECONNECTING);
            CompletableFuture<Duration> ping = line.client.ping().toFuture();
            ChannelFuture connecting = connect(line, 1, 0, new Witness());
            line.client.close().block(WAIT);
            assertThat(lost(ping).mayHaveRun()).isFalse();
            assertThat(lost(connecting)).hasMessageContaining("closed the link");
            line.client.onClose().block(WAIT);
            assertThat(line.client.isDisposed()).isTrue();
            assertThat(line.client.states().blockLast(WAIT).kind()).isEqualTo(Kind.CLOSED);
            assertThatThrownBy(() -> line.client.ping().block(WAIT)).hasCauseInstanceOf(LinkLostException.class);
        }
    }

    @Test
    void aViolationEndsTheSessionButNotTheClient() throws Exception {
        try (ReplaceableLine line = line()) {
            new RepeatableRequest.Answer(line.client.link().present(), List.of(), Duration.ZERO)
                    .connection()
                    .violated("a lie");
            line.await(Kind.RECONNECTING);
            line.unplug();
            line.plug(RecoveryTest::plain);
            assertThat(get(line.client.ping())).isPositive();
        }
    }
}
