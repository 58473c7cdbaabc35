package dev.uartnet.esp32;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/** What a receiver makes of bytes that were sent at another speed than its own: garbage. Seeded; one thread. */
final class SpeedMismatch {
    /** A UART that samples in the middle of each bit still finds the right stop bit with 5 % of difference in all; some lose at 3 %. */
    private static final int TOLERANCE_PERCENT = 3;
    /** A byte has five falling edges at most, each of which a faster receiver may take for a start bit; random ones have 2.5. */
    private static final double BYTES_PER_BYTE_MAX = 2.5;

    private final SplittableRandom random;
    /** Of a byte, that the last ones have left over. */
    private double fraction;

    SpeedMismatch(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Whether bytes arrive whole; a speed of 0 is not known, and fits every other one. */
    static boolean fits(int senderBaud, int receiverBaud) {
        if (senderBaud == 0 || receiverBaud == 0) {
            return true;
        }
        long difference = Math.abs((long) senderBaud - receiverBaud);
        return difference * 100 <= (long) TOLERANCE_PERCENT * Math.max(senderBaud, receiverBaud);
    }

    /** Adds to {@code target} what a receiver gets instead of {@code count} bytes: as many as its own speed has time for. */
    void garble(int count, int senderBaud, int receiverBaud, ByteArrayOutputStream target) {
        fraction += count * Math.min(BYTES_PER_BYTE_MAX, (double) receiverBaud / senderBaud);
        int whole = (int) fraction;
        fraction -= whole;
        for (int i = 0; i < whole; i++) {
            target.write(random.nextInt(256));
        }
    }
}
