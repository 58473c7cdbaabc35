package dev.uartnet.proxy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.NameServer;
import dev.uartnet.proxy.ProxyClient;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpServer;
import reactor.test.StepVerifier;

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
    void readsAThermometer(@TempDir Path folder) throws Exception {
        Path port = folder.resolve("esp32");
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .handle((request, response) -> response.sendString(Mono.just("21.5")))
                .bindNow();
        VirtualEsp32 first = VirtualEsp32.builder().build();
        try (VirtualEsp32 second = VirtualEsp32.builder().build()) {
            Files.createSymbolicLink(port, Path.of(first.servePty()));
            String next = second.servePty();
            StepVerifier.create(PatientThermometer.readings(
                            port.toString(), "http://127.0.0.1:" + server.port() + "/", Duration.ofMillis(20)))
                    .expectNext("21.5", "21.5", "21.5")
                    .then(() -> replace(first, port, next))
                    // More than could be on their way.
                    .expectNextCount(50)
                    .thenCancel()
                    .verify(WAIT);
        } finally {
            first.close();
            server.disposeNow();
        }
    }

    private static void replace(VirtualEsp32 device, Path port, String next) {
        try {
            device.close();
            Files.delete(port);
            Files.createSymbolicLink(port, Path.of(next));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    @Test
    void echoesDatagrams() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (VirtualEsp32 device = VirtualEsp32.builder().build();
                DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            ProxyClient client = Objects.requireNonNull(
                    ProxyClient.connect(device.servePty()).block(WAIT));
            InetSocketAddress served = (InetSocketAddress)
                    UdpEcho.serve(client, group, 0).sync().channel().localAddress();
            peer.setSoTimeout((int) WAIT.toMillis());
            peer.send(new DatagramPacket(new byte[7], 7, InetAddress.getLoopbackAddress(), served.getPort()));
            DatagramPacket back = new DatagramPacket(new byte[100], 100);
            peer.receive(back);
            assertThat(back.getLength()).isEqualTo(7);
            client.close().block(WAIT);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void looksMailServersUp() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (NameServer names = new NameServer();
                VirtualEsp32 device =
                        VirtualEsp32.builder().nameServers(names.address()).build()) {
            ProxyClient client = Objects.requireNonNull(
                    ProxyClient.connect(device.servePty()).block(WAIT));
            assertThat(MailServers.of("a.test.", client, group.next()).block(WAIT))
                    .containsExactly("10 mail.a.test.", "20 spare.a.test.");
            client.close().block(WAIT);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
