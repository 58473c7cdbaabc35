package dev.uartnet.esp32;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys as bytes: DER, or PEM (RFC 7468). */
final class TlsFiles {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private TlsFiles() {}

    /** At least one certificate. */
    static List<X509Certificate> certificates(String option, byte[] given) throws DeviceException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(given))
                    .forEach(certificate -> certificates.add((X509Certificate) certificate));
        } catch (CertificateException e) {
            throw DeviceException.badRequest(option, "no certificate in DER or PEM: " + e.getMessage());
        }
        if (certificates.isEmpty()) {
            throw DeviceException.badRequest(option, "no certificate in DER or PEM");
        }
        return certificates;
    }

    /** A private key in PKCS #8 (RFC 5958). */
    static PrivateKey privateKey(String option, byte[] given) throws DeviceException {
        Matcher pem = PRIVATE_KEY.matcher(new String(given, StandardCharsets.ISO_8859_1));
        PKCS8EncodedKeySpec key =
                new PKCS8EncodedKeySpec(pem.find() ? Base64.getMimeDecoder().decode(pem.group(1)) : given);
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(key);
            } catch (InvalidKeySpecException another) {
                // The next one.
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK has them
            }
        }
        throw DeviceException.badRequest(option, "no private key in DER or PEM (PKCS #8)");
    }
}
