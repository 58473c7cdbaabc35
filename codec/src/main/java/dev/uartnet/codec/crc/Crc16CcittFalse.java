package dev.uartnet.codec.crc;

import java.util.zip.Checksum;

/** CRC-16/CCITT-FALSE by table, a byte at a time. */
final class Crc16CcittFalse implements Checksum {
    private static final int POLYNOMIAL = 0x1021;
    private static final int INITIAL = 0xFFFF;
    private static final short[] TABLE = new short[256];

    static {
        for (int value = 0; value < TABLE.length; value++) {
            int crc = value << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
            }
            TABLE[value] = (short) crc;
        }
    }

    private int crc = INITIAL;

    @Override
    public void update(int value) {
        crc = ((crc << 8) ^ TABLE[((crc >>> 8) ^ value) & 0xFF]) & 0xFFFF;
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            update(bytes[i]);
        }
    }

    @Override
    public long getValue() {
        return crc;
    }

    @Override
    public void reset() {
        crc = INITIAL;
    }
}
