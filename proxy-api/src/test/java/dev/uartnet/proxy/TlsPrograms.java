package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpClient;

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
        TcpClient tcp = client().tcpClient().host(LOOPBACK).port(server.port());
        assertThat(certificateFor("alpha.test", tcp, tls.clientOfAnyName())).isEqualTo("CN=alpha.test");
        assertThat(certificateFor("beta.test", tcp, tls.clientOfAnyName())).isEqualTo("CN=fallback.test");
    }

    /** Returns what the server shows a client that asks for a name, and that looks at nothing but the authority; no session is resumed. */
    private static String certificateFor(String name, TcpClient tcp, SslContext context) throws Exception {
        Connection connection =
                TestLine.get(tcp.secure(spec -> spec.sslContext(context).serverNames(new SNIHostName(name)))
                        .connect()
                        .cast(Connection.class));
        SslHandler handler = connection.channel().pipeline().get(SslHandler.class);
        X509Certificate certificate =
                (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
        connection.disposeNow(WAIT);
        return certificate.getSubjectX500Principal().getName();
    }
}
