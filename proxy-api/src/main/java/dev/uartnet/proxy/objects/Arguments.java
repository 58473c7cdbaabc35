package dev.uartnet.proxy.objects;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Java's values on their way to the device. Copies: what changes later does not change the request. */
final class Arguments {
    /** MessagePack's nesting of 8, less a request's own lists. */
    private static final int NESTING_MAX = 6;

    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Arguments() {}

    /** @throws IllegalArgumentException if one cannot travel; the message names it */
    static List<@Nullable Object> encoded(@Nullable Object... values) {
        List<@Nullable Object> list = new ArrayList<>(values.length);
        for (Object value : values) {
            list.add(encoded(value));
        }
        return list;
    }

    static @Nullable Object encoded(@Nullable Object value) {
        return encoded(value, 1);
    }

    private static @Nullable Object encoded(@Nullable Object value, int depth) {
        if (depth > NESTING_MAX) {
            throw new IllegalArgumentException(
                    "an argument is nested deeper than " + NESTING_MAX + " lists and maps (or holds itself)");
        }
        if (value == null || value == RemoteObjects.NONE) {
            return null;
        } else if (value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof Double
                || value instanceof Float) {
            return value;
        } else if (value instanceof CharSequence || value instanceof Character) {
            return value.toString();
        } else if (value instanceof byte[] bytes) {
            return bytes.clone();
        } else if (value instanceof RemoteObject object) {
            return object;
        } else if (value instanceof BigInteger integer) {
            return whole(integer);
        } else if (value instanceof Optional<?> optional) {
            return encoded(optional.orElse(null), depth);
        } else if (value instanceof Collection<?> elements) {
            List<@Nullable Object> list = new ArrayList<>(elements.size());
            elements.forEach(element -> list.add(encoded(element, depth + 1)));
            return list;
        } else if (value instanceof Map<?, ?> entries) {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            entries.forEach((key, element) -> map.put(encoded(key, depth + 1), encoded(element, depth + 1)));
            return map;
        } else if (value.getClass().isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                list.add(encoded(Array.get(value, i), depth + 1));
            }
            return list;
        }
        RemoteObject bound = BoundObject.objectOf(value);
        if (bound != null) {
            return bound;
        }
        throw new IllegalArgumentException("a " + value.getClass().getName()
                + " cannot travel to the device; null, Boolean, whole numbers of 64 bits, Double, Float, CharSequence, byte[],"
                + " Collection, array, Map, Optional and RemoteObject can");
    }

    private static Long whole(BigInteger integer) {
        if (integer.compareTo(LONG_MIN) < 0 || integer.compareTo(LONG_MAX) > 0) {
            throw new IllegalArgumentException(
                    "an integer of more than 64 bits cannot travel to the device: " + integer);
        }
        return integer.longValue();
    }
}
