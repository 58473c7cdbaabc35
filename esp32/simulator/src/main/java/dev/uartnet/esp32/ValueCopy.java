package dev.uartnet.esp32;

import dev.uartnet.codec.message.Handle;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies values for the host, and counts the bytes that they take in a message.
 */
final class ValueCopy {
    /** The value does not fit a frame. */
    static final class TooLongException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLongException() {
            super("longer than a frame", null, false, false);
        }
    }

    /** The message's own array is the first; an array or a map in the last of 8 would have its elements outside. */
    private static final int DEPTH_MAX = 7;

    /** What stands for an object that cannot be copied. */
    interface Substitute {
        /** Returns a handle, or text. */
        Object of(Object object) throws DeviceException;
    }

    private final Substitute substitute;
    private int bytesLeft;

    /** @param bytesMax for all values together */
    ValueCopy(int bytesMax, Substitute substitute) {
        this.substitute = substitute;
        bytesLeft = bytesMax;
    }

    @Nullable
    Object of(@Nullable Object value) throws TooLongException, DeviceException {
        return copy(value, 1);
    }

    private @Nullable Object copy(@Nullable Object value, int depth) throws TooLongException, DeviceException {
        if (value == null || value == PythonModel.NONE) {
            take(1);
            return null;
        }
        if (value instanceof Boolean) {
            take(1);
            return value;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return integer(((Number) value).longValue());
        }
        if (value instanceof BigInteger big && big.bitLength() < Long.SIZE) {
            return integer(big.longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            take(9);
            return ((Number) value).doubleValue();
        }
        if (value instanceof String text) {
            takeWithHeader(Utf8.length(text), 32);
            return text;
        }
        if (value instanceof byte[] bytes) {
            takeWithHeader(bytes.length, 0);
            return bytes.clone();
        }
        if (value instanceof List<?> list && depth <= DEPTH_MAX) {
            takeWithHeader(0, 16);
            List<@Nullable Object> copy = new ArrayList<>();
            for (Object element : list) {
                copy.add(copy(element, depth + 1));
            }
            take(copy.size() < 16 ? 0 : 2);
            return copy;
        }
        if (value instanceof Map<?, ?> map && depth <= DEPTH_MAX && hasPlainKeys(map)) {
            takeWithHeader(0, 16);
            Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                copy.put(copy(entry.getKey(), depth + 1), copy(entry.getValue(), depth + 1));
            }
            take(copy.size() < 16 ? 0 : 2);
            return copy;
        }
        Object substituted = substitute.of(value);
        if (substituted instanceof Handle handle) {
            take(3 + Integer.BYTES + Utf8.length(handle.type())); // at most: ext 8
        } else {
            takeWithHeader(Utf8.length(substituted.toString()), 32);
        }
        return substituted;
    }

    private static boolean hasPlainKeys(Map<?, ?> map) {
        return map.keySet().stream()
                .allMatch(key -> key instanceof String
                        || key instanceof Boolean
                        || key instanceof byte[]
                        || (key instanceof Number && PythonModel.typeName(key).equals("int")));
    }

    private Long integer(long number) throws TooLongException {
        if (number >= -32 && number <= 127) {
            take(1);
        } else if (number >= Byte.MIN_VALUE && number <= 255) {
            take(2);
        } else if (number >= Short.MIN_VALUE && number <= 65_535) {
            take(3);
        } else if (number >= Integer.MIN_VALUE && number <= 0xFFFF_FFFFL) {
            take(5);
        } else {
            take(9);
        }
        return number;
    }

    /** Contents behind a header of 1 byte if they are shorter than the short form's limit. */
    private void takeWithHeader(int length, int shortForm) throws TooLongException {
        take(length);
        take(length < shortForm ? 1 : length < 256 ? 2 : 3);
    }

    int bytesLeft() {
        return bytesLeft;
    }

    private void take(int bytes) throws TooLongException {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            throw new TooLongException();
        }
    }
}
