package dev.uartnet.proxy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.NameServer;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.ProxyListener;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
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
    void readsPagesThroughTwoBoards() throws Exception {
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .handle((request, response) -> response.send(Mono.just(Unpooled.wrappedBuffer(new byte[1_000]))))
                .bindNow();
        try (VirtualEsp32 one = VirtualEsp32.builder().build();
                VirtualEsp32 two = VirtualEsp32.builder().build()) {
            Flux<String> pages = Flux.range(0, 20).map(page -> "http://127.0.0.1:" + server.port() + "/" + page);
            assertThat(SecondBoard.sizeOf(pages, one.servePty(), two.servePty()).block(WAIT))
                    .isEqualTo(20_000);
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
    void servesPagesAndWebSockets() throws Exception {
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            ProxyClient client = Objects.requireNonNull(
                    ProxyClient.connect(device.servePty()).block(WAIT));
            DisposableServer server =
                    Objects.requireNonNull(WebServer.start(client, 0).block(WAIT));
            String uri = "://127.0.0.1:" + server.port();
            assertThat(HttpClient.newConnection()
                            .get()
                            .uri("http" + uri + "/")
                            .responseContent()
                            .aggregate()
                            .asString()
                            .block(WAIT))
                    .isEqualTo("hello\n");
            assertThat(HttpClient.newConnection()
                            .get()
                            .uri("http" + uri + "/ticks")
                            .responseContent()
                            .asString()
                            .blockFirst(WAIT))
                    .startsWith("data: 0");
            // A device may connect to itself.
            assertThat(WebSocketChat.chat(client, "ws" + uri + "/echo", Mono.just("over the line twice"))
                            .blockFirst(WAIT))
                    .isEqualTo("over the line twice");
            server.disposeNow(WAIT);
            client.close().block(WAIT);
        }
    }

    @Test
    void echoes() throws Exception {
        try (VirtualEsp32 device = VirtualEsp32.builder().build()) {
            ProxyClient client = Objects.requireNonNull(
                    ProxyClient.connect(device.servePty()).block(WAIT));
            ProxyListener listener =
                    Objects.requireNonNull(client.sockets().listen(0).block(WAIT));
            Disposable serving = FluxEcho.tcp(listener).subscribe();
            byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
            try (Socket peer = new Socket(
                    InetAddress.getLoopbackAddress(), listener.localAddress().getPort())) {
                peer.getOutputStream().write(hello);
                peer.shutdownOutput();
                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(hello);
            }
            serving.dispose();
            listener.onClose().block(WAIT);

            int port;
            try (DatagramSocket free = new DatagramSocket()) {
                port = free.getLocalPort();
            }
            Disposable datagrams = FluxEcho.udp(client.sockets(), port).subscribe();
            try (DatagramSocket peer = new DatagramSocket()) {
                peer.setSoTimeout(100);
                InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                DatagramPacket answer = new DatagramPacket(new byte[100], 100);
                boolean answered = false;
                // The socket may not be bound yet when the first comes, and UDP may lose it.
                for (int i = 0; i < 100 && !answered; i++) {
                    peer.send(new DatagramPacket(hello, hello.length, to));
                    answered = received(peer, answer);
                }
                assertThat(answered).isTrue();
                assertThat(answer.getLength()).isEqualTo(hello.length);
            }
            datagrams.dispose();
            client.close().block(WAIT);
        }
    }

    private static boolean received(DatagramSocket socket, DatagramPacket packet) throws IOException {
        try {
            socket.receive(packet);
            return true;
        } catch (PortUnreachableException | SocketTimeoutException notYet) {
            return false;
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

    @Test
    void readsOverTlsOfTheDevice(@TempDir Path folder) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=secure.test")
                .addSanDnsName("secure.test")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path authorities = Files.writeString(folder.resolve("authorities.pem"), certificate.getCertificatePEM());
        SslContext tls =
                SslContextBuilder.forServer(certificate.toKeyManagerFactory()).build();
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext(tls))
                .handle((request, response) -> response.sendString(Mono.just("secret")))
                .bindNow(WAIT);
        try (VirtualEsp32 device = VirtualEsp32.builder()
                .names(name -> List.of(InetAddress.getLoopbackAddress()))
                .build()) {
            ProxyClient client = Objects.requireNonNull(
                    ProxyClient.connect(device.servePty()).block(WAIT));
            assertThat(SecretOnTheDevice.read(client, "secure.test", server.port(), authorities)
                            .block(WAIT))
                    .isEqualTo("secret");
            client.close().block(WAIT);
        } finally {
            server.disposeNow(WAIT);
        }
    }
}
