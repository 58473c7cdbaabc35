package dev.uartnet.esp32;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Certificates as bytes: DER, or PEM (RFC 7468) with any number of them. */
final class Certificates {
    private Certificates() {}

    /** Returns at least one, or fails with BAD_REQUEST. */
    static List<X509Certificate> read(String option, byte[] given) throws DeviceException {
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
}
