package dev.uartnet.proxy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.ProxyClient;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpServer;

class ExamplesTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    @Test
    void downloads() throws Exception {
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .handle((request, response) -> response.send(Mono.just(Unpooled.wrappedBuffer(new byte[12_345]))))
                .bindNow();
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            assertThat(ReactiveDownload.sizeOf(device.servePty(), "http://127.0.0.1:" + server.port() + "/")
                            .block(WAIT))
                    .isEqualTo(12_345);
        } finally {
            server.disposeNow();
        }
    }

    @Test
    void greets() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        DisposableServer server = TcpServer.create()
                .host("127.0.0.1")
                .handle((in, out) ->
                        in.receive().asString().doOnNext(heard::complete).then())
                .bindNow();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            ProxyClient client = Objects.requireNonNull(
                    ProxyClient.connect(device.servePty()).block(WAIT));
            NettyGreeting.greet(client, group, "127.0.0.1", server.port()).syncUninterruptibly();
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("hello\n");
            client.close().block(WAIT);
        } finally {
            server.disposeNow();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
