package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.message.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeysTest {
    private static final int OCTET_STRING = 4;

    private static KeyPair rsa() throws GeneralSecurityException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        return keys.generateKeyPair();
    }

    private static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(new ECGenParameterSpec(curve));
        return keys.generateKeyPair();
    }

    /** The octet string in PKCS #8 holds the older form: behind version and algorithm. */
    private static byte[] older(KeyPair keys) {
        byte[] pkcs8 = keys.getPrivate().getEncoded();
        int at = lengthEnd(pkcs8, 1) + 3; // of the sequence, version
        at = lengthEnd(pkcs8, at + 1) + pkcs8[at + 1]; // algorithm
        assertThat(pkcs8[at]).isEqualTo((byte) OCTET_STRING);
        return Arrays.copyOfRange(pkcs8, lengthEnd(pkcs8, at + 1), pkcs8.length);
    }

    private static int lengthEnd(byte[] der, int at) {
        return der[at] < 0 ? at + 1 + (der[at] & 0x7F) : at + 1;
    }

    private static byte[] pem(String label, byte[] der) {
        String text = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n-----BEGIN "
                + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label + "-----\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void assertSigns(byte[] given, String algorithm, KeyPair keys) throws Exception {
        PrivateKey key = PrivateKeys.read("key", given);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update((byte) 7);
        byte[] signed = signature.sign();
        signature.initVerify(keys.getPublic());
        signature.update((byte) 7);
        assertThat(signature.verify(signed)).isTrue();
    }

    @Test
    void readsRsa() throws Exception {
        KeyPair keys = rsa();
        assertSigns(keys.getPrivate().getEncoded(), "SHA256withRSA", keys);
        assertSigns(pem("PRIVATE KEY", keys.getPrivate().getEncoded()), "SHA256withRSA", keys);
        assertSigns(older(keys), "SHA256withRSA", keys);
        assertSigns(pem("RSA PRIVATE KEY", older(keys)), "SHA256withRSA", keys);
    }

    @ParameterizedTest
    @CsvSource({"secp256r1", "secp384r1", "secp521r1"})
    void readsEllipticCurves(String curve) throws Exception {
        KeyPair keys = ec(curve);
        assertSigns(keys.getPrivate().getEncoded(), "SHA256withECDSA", keys);
        assertSigns(pem("PRIVATE KEY", keys.getPrivate().getEncoded()), "SHA256withECDSA", keys);
        assertSigns(older(keys), "SHA256withECDSA", keys);
        assertSigns(pem("EC PRIVATE KEY", older(keys)), "SHA256withECDSA", keys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"})
    void namesTheOptionThatHoldsNone(String given) {
        assertThatThrownBy(() -> PrivateKeys.read("key", given.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOfSatisfying(DeviceException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
                    assertThat(e.text()).startsWith("key: ");
                });
    }
}
