package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.NameService;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** TLS ends on this host: the device carries ciphertext. */
class TlsTest {
    private static final String SECRET = "the-secret-of-both-ends";

    /** What the wire saw. */
    private static final class Tap extends ChannelDuplexHandler {
        private final Queue<String> seen = new ConcurrentLinkedQueue<>();

        String all() {
            return String.join("", seen);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            seen.add(((ByteBuf) msg).toString(StandardCharsets.ISO_8859_1));
            ctx.fireChannelRead(msg);
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            seen.add(((ByteBuf) msg).toString(StandardCharsets.ISO_8859_1));
            ctx.write(msg, promise);
        }
    }

    @Test
    void theWireSeesCiphertext() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=secure.test")
                .addSanDnsName("secure.test")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SslContext serverTls =
                SslContextBuilder.forServer(certificate.toKeyManagerFactory()).build();
        SslContext clientTls = SslContextBuilder.forClient()
                .trustManager(certificate.getCertificate())
                .build();
        DisposableServer secure = HttpServer.create()
                .host("127.0.0.1")
                .secure(tls -> tls.sslContext(serverTls))
                .handle((request, response) -> response.sendString(Mono.just(SECRET)))
                .bindNow();
        DisposableServer plain = HttpServer.create()
                .host("127.0.0.1")
                .handle((request, response) -> response.sendString(Mono.just(SECRET)))
                .bindNow();
        NameService names = NameService.of(Map.of("secure.test", List.of(InetAddress.getLoopbackAddress())));
        try (TestLine line = TestLine.open(device -> device.names(names))) {
            Tap tap = new Tap();
            line.client.channel().pipeline().addFirst(tap);
            String body = line.client
                    .httpClient()
                    .secure(tls -> tls.sslContext(clientTls))
                    .get()
                    .uri("https://secure.test:" + secure.port() + "/")
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(WAIT);
            assertThat(body).isEqualTo(SECRET);
            assertThat(tap.all()).contains("secure.test").doesNotContain(SECRET);
            // The tap would have seen it.
            line.client
                    .httpClient()
                    .get()
                    .uri("http://secure.test:" + plain.port() + "/")
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(WAIT);
            assertThat(tap.all()).contains(SECRET);
        } finally {
            secure.disposeNow();
            plain.disposeNow();
        }
    }
}
