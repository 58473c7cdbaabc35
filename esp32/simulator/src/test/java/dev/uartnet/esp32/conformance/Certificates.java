package dev.uartnet.esp32.conformance;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** An authority, and what it and others have certified. */
final class Certificates {
    private static final CertificateBuilder TEMPLATE =
            new CertificateBuilder().notBefore(inDays(-30)).notAfter(inDays(30)).ecp256();

    static final X509Bundle AUTHORITY = authority("CN=uartnet test authority");
    static final X509Bundle OTHER_AUTHORITY = authority("CN=another authority");

    /** Of {@link TestNameServer#SERVER}. */
    static final X509Bundle SERVER = issued(server(TestNameServer.SERVER), AUTHORITY);

    static final X509Bundle WRONG_NAME = issued(server("elsewhere.test"), AUTHORITY);
    static final X509Bundle EXPIRED = issued(server(TestNameServer.SERVER).notAfter(inDays(-1)), AUTHORITY);
    static final X509Bundle SELF_SIGNED =
            selfSigned(server(TestNameServer.SERVER).setIsCertificateAuthority(true));
    /** Longer than a frame. */
    static final X509Bundle RSA_AUTHORITY = selfSigned(TEMPLATE.copy()
            .rsa2048()
            .subject("CN=an authority with a long key, O=" + "uartnet ".repeat(40))
            .setIsCertificateAuthority(true));

    static final X509Bundle RSA_SERVER = issued(server(TestNameServer.SERVER).rsa2048(), RSA_AUTHORITY);

    private Certificates() {}

    private static Instant inDays(int days) {
        return Instant.now().plus(days, ChronoUnit.DAYS);
    }

    private static X509Bundle authority(String name) {
        return selfSigned(TEMPLATE.copy().subject(name).setIsCertificateAuthority(true));
    }

    private static CertificateBuilder server(String name) {
        return TEMPLATE.copy().subject("CN=" + name).addSanDnsName(name);
    }

    private static X509Bundle selfSigned(CertificateBuilder certificate) {
        try {
            return certificate.buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException("cannot make a certificate", e);
        }
    }

    private static X509Bundle issued(CertificateBuilder certificate, X509Bundle authority) {
        try {
            return certificate.buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException("cannot make a certificate", e);
        }
    }

    /** Returns the certificate's DER. */
    static byte[] der(X509Bundle bundle) {
        try {
            return bundle.getCertificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the private key's DER. */
    static byte[] keyDer(X509Bundle bundle) {
        return bundle.getKeyPair().getPrivate().getEncoded();
    }
}
