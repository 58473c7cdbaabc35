package dev.uartnet.esp32;

import java.time.Duration;

/**
 * What a line does to its bytes. Immutable. Each rate is a probability for each byte, 0 to 1; together they are at most 1.
 *
 * @param byteError some damage: half of it bit flips, a sixth each dropped, duplicated and inserted bytes
 * @param bitFlip one bit of the byte, any of the eight, is the other one
 * @param drop the byte is lost
 * @param duplicate the byte comes twice
 * @param insert a byte of any value comes before this one
 * @param burst a burst begins with this byte
 * @param burstLength bytes that a burst loses in a row, at least 1
 * @param stall the line stands still before the next byte; nothing is lost
 * @param stallTime how long it stands still
 */
public record LineFaults(
        double byteError,
        double bitFlip,
        double drop,
        double duplicate,
        double insert,
        double burst,
        int burstLength,
        double stall,
        Duration stallTime) {

    /** A clean line; bursts would lose 50 bytes, stalls last 100 ms. */
    public static final LineFaults NONE = new LineFaults(0, 0, 0, 0, 0, 0, 50, 0, Duration.ofMillis(100));

    /** Checks the values; {@link IllegalArgumentException} names the wrong one. */
    public LineFaults {
        rate("byteError", byteError);
        rate("bitFlip", bitFlip);
        rate("drop", drop);
        rate("duplicate", duplicate);
        rate("insert", insert);
        rate("burst", burst);
        rate("stall", stall);
        double total = byteError + bitFlip + drop + duplicate + insert + burst + stall;
        if (total > 1) {
            throw new IllegalArgumentException("the rates of all faults together must be at most 1: " + total);
        }
        if (burstLength < 1) {
            throw new IllegalArgumentException("burstLength must be 1 byte or more: " + burstLength);
        }
        if (stallTime.isNegative()) {
            throw new IllegalArgumentException("stallTime must not be negative: " + stallTime);
        }
    }

    private static void rate(String name, double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException(name + " must be 0 to 1 for each byte: " + rate);
        }
    }

    /** The probability that anything happens at a byte. */
    double total() {
        return byteError + bitFlip + drop + duplicate + insert + burst + stall;
    }

    public LineFaults withByteError(double rate) {
        return new LineFaults(rate, bitFlip, drop, duplicate, insert, burst, burstLength, stall, stallTime);
    }

    public LineFaults withBitFlip(double rate) {
        return new LineFaults(byteError, rate, drop, duplicate, insert, burst, burstLength, stall, stallTime);
    }

    public LineFaults withDrop(double rate) {
        return new LineFaults(byteError, bitFlip, rate, duplicate, insert, burst, burstLength, stall, stallTime);
    }

    public LineFaults withDuplicate(double rate) {
        return new LineFaults(byteError, bitFlip, drop, rate, insert, burst, burstLength, stall, stallTime);
    }

    public LineFaults withInsert(double rate) {
        return new LineFaults(byteError, bitFlip, drop, duplicate, rate, burst, burstLength, stall, stallTime);
    }

    /** With bursts: at a byte in {@code 1 / rate} one begins, and {@code length} bytes are lost. */
    public LineFaults withBurst(double rate, int length) {
        return new LineFaults(byteError, bitFlip, drop, duplicate, insert, rate, length, stall, stallTime);
    }

    /** With stalls: at a byte in {@code 1 / rate} the line stands still for {@code time}. */
    public LineFaults withStall(double rate, Duration time) {
        return new LineFaults(byteError, bitFlip, drop, duplicate, insert, burst, burstLength, rate, time);
    }
}
