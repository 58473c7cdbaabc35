package dev.uartnet.esp32;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A private key as the devices' TLS reads it, DER or PEM: PKCS #8 (RFC 5958), and the older forms of OpenSSL, which the JDK does not read,
 * PKCS #1 for RSA (RFC 8017) and that of RFC 5915 for elliptic curves.
 */
final class PrivateKeys {
    private static final Pattern PEM = Pattern.compile(
            "-----BEGIN (?:RSA |EC )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (?:RSA |EC )?PRIVATE KEY-----");

    // AlgorithmIdentifiers in DER, by which PKCS #8 names what the older forms leave out.
    private static final String RSA = "300d06092a864886f70d0101010500";
    private static final String P256 = "301306072a8648ce3d020106082a8648ce3d030107";
    private static final String P384 = "301006072a8648ce3d020106052b81040022";
    private static final String P521 = "301006072a8648ce3d020106052b81040023";

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private PrivateKeys() {}

    /** Returns the key, or fails with BAD_REQUEST. */
    static PrivateKey read(String option, byte[] given) throws DeviceException {
        Matcher pem = PEM.matcher(new String(given, StandardCharsets.ISO_8859_1));
        byte[] der = pem.find() ? Base64.getMimeDecoder().decode(pem.group(1)) : given;
        List<byte[]> forms = new ArrayList<>(List.of(der, wrapped(RSA, der)));
        String curve = curve(der);
        if (curve != null) {
            forms.add(wrapped(curve, der));
        }
        for (byte[] form : forms) {
            for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(form));
                } catch (InvalidKeySpecException another) {
                    // The next one.
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e); // every JDK has them
                }
            }
        }
        throw DeviceException.badRequest(option, "no private key in DER or PEM (encrypted ones cannot be read)");
    }

    /** The curve of a key of RFC 5915, by its length: version 1, then the key's bytes. */
    private static @Nullable String curve(byte[] der) {
        int version = der.length > 1 && der[1] < 0 ? 3 : 2; // behind a length of two bytes, or of one
        if (der.length < version + 5 || der[version + 2] != 1 || der[version + 3] != OCTET_STRING) {
            return null;
        }
        return switch (der[version + 4]) {
            case 32 -> P256;
            case 48 -> P384;
            case 66 -> P521;
            default -> null;
        };
    }

    private static byte[] wrapped(String algorithm, byte[] key) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {2, 1, 0}); // version 0
        content.writeBytes(HexFormat.of().parseHex(algorithm));
        content.writeBytes(tagged(OCTET_STRING, key));
        return tagged(SEQUENCE, content.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.write(tag);
        if (content.length >= 0x100) {
            der.write(0x82);
            der.write(content.length >> 8);
        } else if (content.length >= 0x80) {
            der.write(0x81);
        }
        der.write(content.length);
        der.writeBytes(content);
        return der.toByteArray();
    }
}
