package dev.uartnet.benchmarks.plain;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Bodies out of bytes, and bytes out of bodies: SLIP (RFC 1055) and CRC-16/CCITT-FALSE, as {@code plain.py} has them. One thread. */
final class PlainFraming {
    private static final int END = 0xC0;
    private static final int ESC = 0xDB;
    private static final int ESC_END = 0xDC;
    private static final int ESC_ESC = 0xDD;
    private static final int CHECK_BYTES = 2;
    private static final int BODY_BYTES_MAX = 1_024;

    private final byte[] body = new byte[BODY_BYTES_MAX];
    private int length;
    private boolean escaped;
    private boolean bad;

    static int crc16(byte[] data, int end) {
        int crc = 0xFFFF;
        for (int i = 0; i < end; i++) {
            crc ^= (data[i] & 0xFF) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }
            crc &= 0xFFFF;
        }
        return crc;
    }

    /** Returns the frame of a body that has no check yet. */
    static byte[] encode(byte[] bare) {
        byte[] checked = Arrays.copyOf(bare, bare.length + CHECK_BYTES);
        int crc = crc16(bare, bare.length);
        checked[bare.length] = (byte) (crc >> 8);
        checked[bare.length + 1] = (byte) crc;
        ByteArrayOutputStream frame = new ByteArrayOutputStream(checked.length * 2);
        frame.write(END);
        for (byte b : checked) {
            switch (b & 0xFF) {
                case END -> {
                    frame.write(ESC);
                    frame.write(ESC_END);
                }
                case ESC -> {
                    frame.write(ESC);
                    frame.write(ESC_ESC);
                }
                default -> frame.write(b);
            }
        }
        frame.write(END);
        return frame.toByteArray();
    }

    /** Gives on the bodies that end in these bytes and are intact, without their checks. */
    void decode(byte[] data, int count, Consumer<byte[]> found) {
        for (int i = 0; i < count; i++) {
            int b = data[i] & 0xFF;
            if (b == END) {
                end(found);
            } else if (escaped) {
                escaped = false;
                bad |= b != ESC_END && b != ESC_ESC;
                append(b == ESC_END ? END : ESC);
            } else if (b == ESC) {
                escaped = true;
            } else {
                append(b);
            }
        }
    }

    private void end(Consumer<byte[]> found) {
        int bare = length - CHECK_BYTES;
        if (bare > 0 && !bad && !escaped && crc16(body, bare) == ((body[bare] & 0xFF) << 8 | body[bare + 1] & 0xFF)) {
            found.accept(Arrays.copyOf(body, bare));
        }
        length = 0;
        escaped = false;
        bad = false;
    }

    private void append(int b) {
        if (length < BODY_BYTES_MAX) {
            body[length++] = (byte) b;
        } else {
            bad = true;
        }
    }
}
