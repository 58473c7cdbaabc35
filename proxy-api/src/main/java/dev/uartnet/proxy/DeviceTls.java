package dev.uartnet.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * TLS that ends on the device: the value of {@link ProxyChannelOption#DEVICE_TLS}. Immutable.
 *
 * <pre>{@code
 * device.tcpClient()
 *         .option(ProxyChannelOption.DEVICE_TLS, DeviceTls.client().trust(Path.of("ca.pem")))
 *         .host("example.org").port(443)
 * }</pre>
 *
 * <p>Usually TLS had best end on this host (reactor-netty's {@code secure()}, Netty's {@code SslHandler}): then the line and the device
 * see ciphertext only, there is ALPN, and the device's small memory is spared (a connection takes about 40 KB of an ESP32's). On the device
 * it is for hosts that must not or cannot do it themselves; the bytes on the line are in the clear.
 *
 * <p><b>Verification</b> is on: the peer's chain must lead to one of {@link #trust}, and its certificate must be for the {@link #serverName
 * name}. A device has no authorities of its own. Dates are compared with
 * the device's clock; one that has not been set yet is set by this host's.
 *
 * <p><b>Errors.</b> A failed handshake fails the connect with {@link javax.net.ssl.SSLHandshakeException}, which says what the device's
 * TLS said; too little memory with {@link java.net.SocketException}.
 */
public final class DeviceTls {
    static final String NOT_FOR_CONNECTIONS =
            "DeviceTls.server(...) is for listeners; a connection needs DeviceTls.client()";
    static final String NOT_FOR_LISTENERS =
            "DeviceTls.client() is for connections; a listener needs DeviceTls.server(...)";

    private static final DeviceTls CLIENT = new DeviceTls(false, true, null, null, null, null);

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private final boolean server;
    private final boolean verify;
    private final @Nullable String serverName;
    private final byte @Nullable [] trusted;
    private final byte @Nullable [] chain;
    private final byte @Nullable [] key;

    private DeviceTls(
            boolean server,
            boolean verify,
            @Nullable String serverName,
            byte @Nullable [] trusted,
            byte @Nullable [] chain,
            byte @Nullable [] key) {
        this.server = server;
        this.verify = verify;
        this.serverName = serverName;
        this.trusted = trusted;
        this.chain = chain;
        this.key = key;
    }

    /** Returns what connections need that the device opens; it must be told whom to {@link #trust}. */
    public static DeviceTls client() {
        return CLIENT;
    }

    /**
     * Returns what a listener needs.
     *
     * @param key the private key; its format must be PKCS#8, as that of the JDK's own keys is
     * @param chain the certificate for it, and behind it those that lead to one that clients trust, if any
     */
    public static DeviceTls server(PrivateKey key, X509Certificate... chain) {
        byte[] encoded = key.getEncoded();
        if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
            throw new IllegalArgumentException(
                    "the device needs the private key itself, and this one cannot be exported as PKCS#8: " + key);
        }
        if (chain.length == 0) {
            throw new IllegalArgumentException("a server needs a certificate");
        }
        if (!belongTogether(key, chain[0])) {
            throw new IllegalArgumentException(
                    "the private key is not that of the certificate for " + chain[0].getSubjectX500Principal());
        }
        return new DeviceTls(true, true, null, null, bytes(List.of(chain)), encoded);
    }

    /**
     * As {@link #server(PrivateKey, X509Certificate...)}; reads files, so not for event loops.
     *
     * @param key PEM with a private key in PKCS#8 form ({@code BEGIN PRIVATE KEY}) and no password
     * @param chain PEM or DER
     * @throws IOException if one cannot be read, or holds something else
     */
    public static DeviceTls server(Path key, Path chain) throws IOException {
        X509Certificate[] certificates = certificates(chain);
        Matcher pem = PRIVATE_KEY.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(key
                    + " holds no private key that can be read: it must be PEM, in PKCS#8 form (BEGIN PRIVATE KEY), without a"
                    + " password (openssl pkcs8 -topk8 -nocrypt makes it so)");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
            // The two have the same kind of key.
            String algorithm = certificates[0].getPublicKey().getAlgorithm();
            return server(
                    KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)), certificates);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(key + " and " + chain + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Signs and verifies: the fields of keys of different kinds cannot be compared. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        try {
            String algorithm = key.getAlgorithm();
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            byte[] anything = {1, 2, 3};
            signature.initSign(key);
            signature.update(anything);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(anything);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static X509Certificate[] certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!found.isEmpty()) {
                return found.toArray(X509Certificate[]::new);
            }
        } catch (CertificateException e) {
            throw new IOException(file + " holds no certificates that can be read: " + e.getMessage(), e);
        }
        throw new IOException(file + " holds no certificates");
    }

    /**
     * Returns the same with the authorities that a peer's certificate must come from; or that certificate itself, if nobody but itself
     * signed it.
     */
    public DeviceTls trust(X509Certificate... authorities) {
        if (authorities.length == 0) {
            throw new IllegalArgumentException("no certificates: to trust nobody makes no sense");
        }
        return clientOnly("trust", new DeviceTls(false, true, serverName, bytes(List.of(authorities)), null, null));
    }

    /**
     * As {@link #trust(X509Certificate...)}; reads a file, so not for event loops.
     *
     * @param file one or more certificates, PEM or DER
     * @throws IOException if it cannot be read, or holds something else
     */
    public DeviceTls trust(Path file) throws IOException {
        return trust(certificates(file));
    }

    /** Returns the same with the name that the peer's certificate must be for, and that it is told (SNI); default: the host connected to. */
    public DeviceTls serverName(String name) {
        return clientOnly("serverName", new DeviceTls(false, verify, name, trusted, null, null));
    }

    /**
     * Returns the same without any check of who the peer is: whoever sits between it and the device can read and change everything. For tests.
     */
    public DeviceTls insecureWithoutVerification() {
        return clientOnly("insecureWithoutVerification", new DeviceTls(false, false, serverName, null, null, null));
    }

    private DeviceTls clientOnly(String method, DeviceTls changed) {
        if (server) {
            throw new IllegalStateException(
                    method + " is for clients: a server on the device does not ask for certificates");
        }
        return changed;
    }

    /** Returns whether this is for listeners. */
    boolean isServer() {
        return server;
    }

    /** Returns why a client with this cannot connect to a host of that name, or null. */
    @Nullable
    String problem(@Nullable String hostName) {
        if (server) {
            return NOT_FOR_CONNECTIONS;
        }
        if (verify && trusted == null) {
            return "DeviceTls.client() has nobody to trust: trust(...) names the authorities, a device has none of its own";
        }
        if (verify && serverName == null && hostName == null) {
            return "DeviceTls needs serverName(...) to verify a peer that is connected to by its address";
        }
        return null;
    }

    /**
     * Returns the options of a request (PROTOCOL.md, section 8).
     *
     * @param hostName what was connected to, if it is a name
     * @param blobs puts longer ones of the values on the device
     */
    Map<String, Object> options(@Nullable String hostName, Blobs blobs) {
        Map<String, Object> options = new LinkedHashMap<>();
        put(options, "certificate", chain, blobs);
        put(options, "key", key, blobs);
        put(options, "ca", trusted, blobs);
        if (!server) {
            options.put("verify", verify);
            if (verify) {
                options.put("time", System.currentTimeMillis() / 1_000);
            }
            String name = serverName != null ? serverName : hostName;
            if (name != null) {
                options.put("server_name", name);
            }
        }
        return options;
    }

    private static void put(Map<String, Object> options, String name, byte @Nullable [] value, Blobs blobs) {
        if (value != null) {
            options.put(name, blobs.write(value));
        }
    }

    /** Certificates as the device reads them: one as DER, more as PEM. */
    private static byte[] bytes(List<X509Certificate> certificates) {
        try {
            if (certificates.size() == 1) {
                return certificates.get(0).getEncoded();
            }
            StringBuilder pem = new StringBuilder();
            for (X509Certificate certificate : certificates) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
            return pem.toString().getBytes(StandardCharsets.US_ASCII);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate cannot be encoded: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof DeviceTls other
                && server == other.server
                && verify == other.verify
                && Objects.equals(serverName, other.serverName)
                && Arrays.equals(trusted, other.trusted)
                && Arrays.equals(chain, other.chain)
                && Arrays.equals(key, other.key);
    }

    @Override
    public int hashCode() {
        return Objects.hash(server, verify, serverName, Arrays.hashCode(trusted), Arrays.hashCode(chain));
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        if (server) {
            return "DeviceTls[server]";
        }
        return "DeviceTls[client" + (verify ? "" : ", NOT VERIFIED") + (serverName == null ? "" : ", " + serverName)
                + "]";
    }
}
