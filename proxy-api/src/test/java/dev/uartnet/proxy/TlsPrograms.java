package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** TLS that ends on this host: what is checked of a certificate, and what a server hears of the name. */
abstract class TlsPrograms extends Programs {
    private final TestTls tls;

    TlsPrograms(TestDevice device) throws Exception {
        super(device);
        tls = new TestTls();
    }

    private DisposableServer serverWith(SslContext context) {
        return keep(HttpServer.create()
                .host(LOOPBACK)
                .secure(spec -> spec.sslContext(context))
                .handle((request, response) -> response.sendString(Mono.just("hello")))
                .bindNow());
    }

    private Mono<String> get(SslContext context, DisposableServer server) {
        return client().httpClient()
                .secure(spec -> spec.sslContext(context))
                .get()
                .uri("https://localhost:" + server.port() + "/")
                .responseContent()
                .aggregate()
                .asString();
    }

    @Test
    void trustsItsAuthority() throws Exception {
        assertThat(get(tls.client(), serverWith(tls.server("localhost"))).block(WAIT))
                .isEqualTo("hello");
    }

    @Test
    void refusesAnotherAuthority() throws Exception {
        DisposableServer server = serverWith(new TestTls().server("localhost"));
        SslContext context = tls.client();
        assertThatThrownBy(() -> get(context, server).block(WAIT))
                .hasCauseInstanceOf(SSLException.class)
                .hasRootCauseInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void refusesAnotherName() throws Exception {
        DisposableServer server = serverWith(tls.server("other.test"));
        SslContext context = tls.client();
        assertThatThrownBy(() -> get(context, server).block(WAIT))
                .hasCauseInstanceOf(SSLException.class)
                .hasRootCauseInstanceOf(CertificateException.class)
                .hasStackTraceContaining("localhost");
    }

    @Test
    void asksForAName() throws Exception {
        SslContext fallback = tls.server("fallback.test");
        SslContext alpha = tls.server("alpha.test");
        DisposableServer server = keep(HttpServer.create()
                .host(LOOPBACK)
                .secure(spec -> spec.sslContext(fallback).addSniMapping("alpha.test", other -> other.sslContext(alpha)))
                .handle((request, response) -> response.sendString(Mono.just("hello")))
                .bindNow());
        SslContext context = tls.client();
        HttpClient http =
                client().httpClient().remoteAddress(() -> InetSocketAddress.createUnresolved(LOOPBACK, server.port()));
        // Only the certificate of the name that was asked for is good for it.
        assertThat(http.secure(spec -> spec.sslContext(context).serverNames(new SNIHostName("alpha.test")))
                        .get()
                        .uri("/")
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(WAIT))
                .isEqualTo("hello");
        assertThatThrownBy(() -> http.secure(spec -> spec.sslContext(context).serverNames(new SNIHostName("beta.test")))
                        .get()
                        .uri("/")
                        .responseContent()
                        .aggregate()
                        .block(WAIT))
                .hasCauseInstanceOf(SSLException.class);
    }
}
