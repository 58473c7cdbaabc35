package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.NoAnswerException;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import dev.uartnet.transport.UartPortNotFoundException;
import dev.uartnet.transport.UartSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** How connecting fails, and what happens to all that is under way when the end comes. */
class ClientEndTest {
    private static void awaitChannels(TestLine line, int channels) {
        Mono.defer(line.client::info)
                .filter(info -> Objects.equals(info.channels(), channels))
                .repeatWhenEmpty(times -> times.delayElements(Duration.ofMillis(10)))
                .block(WAIT);
    }

    @Test
    void aPortThatDoesNotExist() {
        assertThatThrownBy(() -> ProxyClient.connect("/dev/no-such-port").block(WAIT))
                .hasCauseInstanceOf(UartPortNotFoundException.class);
    }

    @Test
    void aSilentLineAndOneWithGarbage() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ProxyConnector connector = ProxyClient.connector().connectTimeout(Duration.ofMillis(600));
        MemoryPort.Pair silent = MemoryPort.pair();
        silent.b().open(UartSettings.DEFAULT);
        assertThatThrownBy(() -> TestLine.connect(connector, loops, silent.a()).block(WAIT))
                .cause()
                .isInstanceOfSatisfying(
                        NoAnswerException.class, e -> assertThat(e.heard()).isEqualTo(NoAnswerException.Heard.SILENCE));

        MemoryPort.Pair noisy = MemoryPort.pair();
        noisy.b().open(UartSettings.DEFAULT);
        noisy.b().write(new byte[500], 0, 500);
        assertThatThrownBy(() -> TestLine.connect(connector, loops, noisy.a()).block(WAIT))
                .cause()
                .isInstanceOfSatisfying(
                        NoAnswerException.class, e -> assertThat(e.heard()).isEqualTo(NoAnswerException.Heard.GARBAGE));
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void cancellingClosesThePort() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        MemoryPort.Pair silent = MemoryPort.pair();
        silent.b().open(UartSettings.DEFAULT);
        Disposable connecting =
                TestLine.connect(ProxyClient.connector(), loops, silent.a()).subscribe();
        // Its HELLO has come: the port is open.
        assertThat(silent.b().read(new byte[100], 0, 100)).isPositive();
        connecting.dispose();
        byte[] rest = new byte[1000];
        assertThatThrownBy(() -> {
                    while (silent.b().read(rest, 0, rest.length) > 0) {
                        // Until the other end is closed.
                    }
                })
                .hasMessageContaining("the other end was closed");
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void aConnectTimesOutAndIsCancelledOnTheDevice() throws Exception {
        HoldingGate gate = new HoldingGate(Operation.TCP_CONNECT);
        try (TestLine line = TestLine.open(device -> device.gate(gate))) {
            assertThatThrownBy(() -> line.client
                            .tcpClient()
                            .host("127.0.0.1")
                            .port(9)
                            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 100)
                            .connect()
                            .block(WAIT))
                    .hasCauseInstanceOf(ConnectTimeoutException.class);
            awaitChannels(line, 0);
        }
    }

    @Test
    void aCancelledConnectIsCancelledOnTheDevice() throws Exception {
        HoldingGate gate = new HoldingGate(Operation.TCP_CONNECT);
        try (TestLine line = TestLine.open(device -> device.gate(gate));
                EchoServer echo = new EchoServer()) {
            Disposable connecting = line.client
                    .tcpClient()
                    .host("127.0.0.1")
                    .port(echo.port())
                    .connect()
                    .subscribe();
            gate.arrived.get(20, TimeUnit.SECONDS);
            connecting.dispose();
            awaitChannels(line, 0);
            gate.release.complete(null);
            // And the next one gets through.
            Objects.requireNonNull(line.client
                            .tcpClient()
                            .host("127.0.0.1")
                            .port(echo.port())
                            .connect()
                            .block(WAIT))
                    .disposeNow();
        }
    }

    /** A socket in the hands of somebody who notes what happens to it. */
    private static final class Witness extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        final CompletableFuture<Boolean> inactive = new CompletableFuture<>();

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failure.complete(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            inactive.complete(failure.isDone());
        }
    }

    private interface End {
        void of(TestLine line) throws Exception;
    }

    private static void everythingFails(End end) throws Exception {
        HoldingGate gate = new HoldingGate(Operation.RESOLVE);
        TestLine line = TestLine.open(device -> device.gate(gate));
        // Accepts and never reads: writes wait for credit.
        try (line;
                ServerSocket server = new ServerSocket(0)) {
            Witness witness = new Witness();
            Channel socket = line.client
                    .bootstrap(line.loops)
                    .handler(witness)
                    .connect("127.0.0.1", server.getLocalPort())
                    .syncUninterruptibly()
                    .channel();
            try (Socket accepted = server.accept()) {
                assertThat(accepted.isConnected()).isTrue();
                ChannelFuture write = socket.writeAndFlush(Unpooled.wrappedBuffer(new byte[32 << 20]));
                CompletableFuture<InetSocketAddress> resolving = line.client
                        .resolve("held.test")
                        .next()
                        .map(address -> new InetSocketAddress(address, 1))
                        .toFuture();
                gate.arrived.get(20, TimeUnit.SECONDS);
                assertThat(write.isDone()).isFalse();

                end.of(line);

                assertThat(witness.failure.get(20, TimeUnit.SECONDS)).isInstanceOf(LinkLostException.class);
                assertThat(witness.inactive.get(20, TimeUnit.SECONDS)).isTrue();
                assertThat(write.awaitUninterruptibly().cause()).isInstanceOf(LinkLostException.class);
                assertThat(socket.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS))
                        .isTrue();
                assertThatThrownBy(() -> resolving.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(LinkLostException.class);
                assertThat(line.client.isDisposed()).isTrue();
                assertThatThrownBy(() -> line.client.ping().block(WAIT)).hasCauseInstanceOf(LinkLostException.class);
                assertThat(line.client
                                .bootstrap(line.loops)
                                .handler(new Witness())
                                .connect("127.0.0.1", server.getLocalPort())
                                .awaitUninterruptibly()
                                .cause())
                        .isInstanceOf(LinkLostException.class);
            }
        }
    }

    @Test
    void closingFailsEverything() throws Exception {
        everythingFails(line -> {
            line.client.close().block(WAIT);
            line.client.onClose().block(WAIT);
        });
    }

    @Test
    void aLineThatIsCutFailsEverything() throws Exception {
        everythingFails(line -> {
            line.device.close();
            assertThatThrownBy(() -> line.client.onClose().block(WAIT)).hasCauseInstanceOf(LinkLostException.class);
        });
    }

    @Test
    void theOwnersChannelStaysOpen() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        MemoryPort.Pair line = MemoryPort.pair();
        try (VirtualEsp32 device = VirtualEsp32.builder().start(line.b())) {
            Channel active = new Bootstrap()
                    .group(loops)
                    .channelFactory(() -> new UartChannel(line.a()))
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(new UartAddress("memory"))
                    .syncUninterruptibly()
                    .channel();
            ProxyClient client =
                    Objects.requireNonNull(ProxyClient.connect(active).block(WAIT));
            assertThat(client.session().bootId()).isEqualTo(device.bootId());
            assertThat(client.ping().block(WAIT)).isPositive();
            assertThatThrownBy(() -> ProxyClient.connect(active).block(WAIT))
                    .hasMessageContaining("has a client already");
            client.close().block(WAIT);
            client.onClose().block(WAIT);
            assertThat(active.isOpen()).isTrue();
            active.close().syncUninterruptibly();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void aChannelThatIsNotYetRegistered() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        MemoryPort.Pair line = MemoryPort.pair();
        try (VirtualEsp32 device = VirtualEsp32.builder().start(line.b())) {
            UartChannel channel = new UartChannel(line.a());
            CompletableFuture<ProxyClient> connecting =
                    ProxyClient.connect(channel).toFuture();
            loops.register(channel).syncUninterruptibly();
            channel.connect(new UartAddress("memory")).syncUninterruptibly();
            ProxyClient client = connecting.get(20, TimeUnit.SECONDS);
            assertThat(client.session().bootId()).isEqualTo(device.bootId());
            client.close().block(WAIT);
            channel.close().syncUninterruptibly();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void nonsenseFromTheDeviceEndsTheSession() throws Exception {
        try (TestLine line = TestLine.open()) {
            Channel link = line.client.channel();
            ByteBuf nonsense = Unpooled.wrappedBuffer(new byte[] {(byte) 0xC1});
            link.eventLoop()
                    .submit(() -> link.pipeline().context("link").fireChannelRead(nonsense))
                    .sync();
            assertThatThrownBy(() -> line.client.onClose().block(WAIT))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining("not a whole message");
        }
    }
}
