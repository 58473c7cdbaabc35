package dev.uartnet.proxy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.tcp.SslProvider;

/** A certification authority of the tests, and what it has signed. */
final class TestTls {
    private final X509Bundle authority;

    TestTls() throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=authority.test")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    X509Bundle certificateOf(String host) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + host)
                .addSanDnsName(host)
                .buildIssuedBy(authority);
    }

    SslContext server(String host) throws Exception {
        return SslContextBuilder.forServer(certificateOf(host).toKeyManagerFactory())
                .build();
    }

    /** A server that offers h2 and http/1.1. */
    SslProvider.GenericSslContextSpec<?> http2Server(String host) throws Exception {
        return Http2SslContextSpec.forServer(certificateOf(host).toKeyManagerFactory());
    }

    /** A client that trusts this authority alone. */
    SslContext client() throws Exception {
        return SslContextBuilder.forClient()
                .trustManager(authority.getCertificate())
                .build();
    }

    /** The same, whatever name the certificate is for. */
    SslContext clientOfAnyName() throws Exception {
        return SslContextBuilder.forClient()
                .trustManager(authority.getCertificate())
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    /** The same with ALPN. */
    SslProvider.GenericSslContextSpec<?> http2Client() {
        return Http2SslContextSpec.forClient().configure(builder -> builder.trustManager(authority.getCertificate()));
    }

    X509Certificate authority() {
        return authority.getCertificate();
    }

    String authorityPem() {
        return authority.getCertificatePEM();
    }

    /** The JDK's own sockets, trusting this authority alone. */
    SSLContext jdkClient() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, authority.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }
}
