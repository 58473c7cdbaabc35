package dev.uartnet.benchmarks.link;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

/** A stream of random bytes that its seed determines, and its SHA-256 so far. */
final class RandomBytes {
    private final SplittableRandom random;
    private final MessageDigest digest = sha256();
    private long left;

    RandomBytes(long seed, long length) {
        random = new SplittableRandom(seed);
        left = length;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns the next bytes, at most {@code max}; none at the end. */
    byte[] next(int max) {
        byte[] bytes = new byte[(int) Math.min(max, left)];
        random.nextBytes(bytes);
        digest.update(bytes);
        left -= bytes.length;
        return bytes;
    }

    /** Returns the SHA-256 of all that {@link #next} has returned; ends the stream. */
    byte[] digest() {
        return digest.digest();
    }

    /** Returns the SHA-256 of a whole stream. */
    static byte[] digestOf(long seed, long length, int piece) {
        RandomBytes bytes = new RandomBytes(seed, length);
        while (bytes.next(piece).length > 0) {
            // Each piece counts.
        }
        return bytes.digest();
    }
}
