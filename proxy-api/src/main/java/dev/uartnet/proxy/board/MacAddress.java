package dev.uartnet.proxy.board;

import java.util.HexFormat;

/** A hardware address of 48 bits (IEEE 802 EUI-48): of an interface, or of an access point (its BSSID). */
public final class MacAddress {
    static final int BYTES = 6;

    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    private final long bits;

    private MacAddress(long bits) {
        this.bits = bits;
    }

    /**
     * Returns the address that these bytes are.
     *
     * @throws IllegalArgumentException if they are not 6
     */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a hardware address has 6 bytes, not " + bytes.length);
        }
        long bits = 0;
        for (byte b : bytes) {
            bits = (bits << Byte.SIZE) | (b & 0xFF);
        }
        return new MacAddress(bits);
    }

    /**
     * Returns the address that a text says: {@code 24:6f:28:12:34:56}, also with hyphens or capitals.
     *
     * @throws IllegalArgumentException if it says none
     */
    public static MacAddress parse(String text) {
        try {
            return of(COLONS.parseHex(text.replace('-', ':')));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("no hardware address (as 24:6f:28:12:34:56): " + text, e);
        }
    }

    /** Returns its 6 bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >>> (Byte.SIZE * (BYTES - 1 - i)));
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MacAddress mac && mac.bits == bits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits);
    }

    /** Returns it as {@code 24:6f:28:12:34:56}. */
    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
