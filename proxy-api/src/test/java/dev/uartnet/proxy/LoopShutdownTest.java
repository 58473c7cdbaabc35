package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.esp32.VirtualEsp32;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The event loops of a port are shut down before, while and after a client is on it: nothing waits for what cannot come. */
@Timeout(120)
class LoopShutdownTest {
    private static final String GONE = "its event loop has shut down";

    /** What moves a port's bytes: threads, or the event loop itself. */
    enum Loops {
        NIO {
            @Override
            IoHandlerFactory factory() {
                return NioIoHandler.newFactory();
            }
        },
        EPOLL {
            @Override
            IoHandlerFactory factory() {
                return EpollIoHandler.newFactory();
            }
        };

        abstract IoHandlerFactory factory();

        EventLoopGroup create() {
            return new MultiThreadIoEventLoopGroup(2, factory());
        }
    }

    private final HoldingGate gate = new HoldingGate(Operation.RESOLVE);
    private final VirtualEsp32 device = VirtualEsp32.builder().gate(gate).build();

    @AfterEach
    void unplug() {
        device.close();
    }

    private static void shutDown(EventLoopGroup loops) {
        assertThat(loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(20, TimeUnit.SECONDS))
                .isTrue();
    }

    private static ProxyConnector on(EventLoopGroup loops) {
        // Nothing here ends by a timeout.
        return ProxyClient.connector()
                .runOn(loops)
                .requestTimeout(Duration.ofMinutes(10))
                .reconnect(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(20)).maxBackoff(Duration.ofMillis(100)));
    }

    @ParameterizedTest
    @EnumSource
    void nothingConnectsOnLoopsThatHaveShutDown(Loops kind) throws Exception {
        EventLoopGroup loops = kind.create();
        shutDown(loops);
        String port = device.servePty();
        String words = "cannot connect to " + port + ": the event loop has shut down";
        assertThatThrownBy(() -> on(loops).port(port).connect().block(WAIT))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage(words);
        assertThatThrownBy(() -> on(loops).port(port).pulseReset().block(WAIT))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage(words);
        assertThatThrownBy(() -> on(loops).pool(port).block(WAIT))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @EnumSource
    void aClientEndsWithItsLoop(Loops kind) throws Exception {
        EventLoopGroup loops = kind.create();
        ProxyClient client = get(on(loops).port(device.servePty()).connect());
        CompletableFuture<?> resolving = client.resolve("held.test").next().toFuture();
        CompletableFuture<?> asking =
                client.requests().request(Operation.RESOLVE, "held.test", 0).toFuture();
        CompletableFuture<List<LinkState>> states =
                client.states().collectList().toFuture();
        gate.arrived.get(20, TimeUnit.SECONDS);

        shutDown(loops);

        LinkState last = Objects.requireNonNull(client.states().blockLast(WAIT));
        assertThat(last.kind()).isEqualTo(LinkState.Kind.CLOSED);
        assertThat(last.cause()).isInstanceOf(LinkLostException.class).hasMessageContaining(GONE);
        assertThat(states.get(20, TimeUnit.SECONDS))
                .extracting(LinkState::kind)
                .containsExactly(LinkState.Kind.CONNECTED, LinkState.Kind.CLOSED);
        assertThat(client.isDisposed()).isTrue();
        assertThatThrownBy(() -> resolving.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining(GONE);
        assertThatThrownBy(() -> asking.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(LinkLostException.class);
        assertThatThrownBy(() -> client.onClose().block(WAIT)).hasMessageContaining(GONE);
        assertThatThrownBy(() -> client.ping().block(WAIT))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining(GONE);
        assertThatThrownBy(() -> client.sockets().connect("127.0.0.1", 9).block(WAIT))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("cannot open a socket: its event loops have shut down");
        client.close().block(WAIT);
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptToConnectAgainEndsWithItsLoop(Loops kind) throws Exception {
        EventLoopGroup loops = kind.create();
        ProxyClient client = get(on(loops).port(device.servePty()).connect());
        device.close();
        get(client.states().filter(state -> state.attempts() > 0).next());
        CompletableFuture<Duration> waiting = client.ping().toFuture();

        shutDown(loops);

        LinkState last = Objects.requireNonNull(client.states().blockLast(WAIT));
        assertThat(last.cause()).isInstanceOf(LinkLostException.class).hasMessageContaining(GONE);
        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining(GONE);
        client.close().block(WAIT);
    }

    @ParameterizedTest
    @EnumSource
    void aPoolEndsWithItsLoops(Loops kind) throws Exception {
        EventLoopGroup loops = kind.create();
        ProxyPool pool = get(on(loops).pool(device.servePty(), "/dev/no-such-port"));
        Mono<Void> end = pool.onClose();

        shutDown(loops);

        assertThatThrownBy(() -> end.block(WAIT))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining(GONE)
                .hasMessageContaining("/dev/no-such-port: the event loop has shut down");
        assertThat(pool.state().members()).extracting(PoolMemberState::kind).containsOnly(PoolMemberState.Kind.CLOSED);
        assertThatThrownBy(() -> pool.resolve("held.test").blockFirst(WAIT))
                .hasCauseInstanceOf(LinkLostException.class);
        pool.close().block(WAIT);
    }
}
