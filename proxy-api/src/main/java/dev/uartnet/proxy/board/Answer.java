package dev.uartnet.proxy.board;

import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * The values that a device answered with, each by its place or key. One that lacks is null; one of another type than expected is a
 * {@link ProtocolException}, propagated, that names it.
 */
final class Answer {
    private final String what;
    private final Map<?, ?> values;

    private Answer(String what, Map<?, ?> values) {
        this.what = what;
        this.values = values;
    }

    /** The results of a request, or the elements of an array, by their places. */
    static Answer ofList(String what, List<?> values) {
        Map<Object, @Nullable Object> byPlace = new HashMap<>();
        for (int place = 0; place < values.size(); place++) {
            byPlace.put(place, values.get(place));
        }
        return new Answer(what, byPlace);
    }

    /** An item of a stream that is an array. */
    static Answer ofItem(String what, Optional<Object> item) {
        if (item.orElse(null) instanceof List<?> list) {
            return ofList(what, list);
        }
        throw wrong(what, "an item", "an array", item.orElse(null));
    }

    /** An item of a stream that is a single value; it has place 0. */
    static Answer ofValue(String what, Optional<Object> item) {
        return ofList(what, item.map(List::of).orElse(List.of()));
    }

    /** An item of a stream, or a value, that is a map. */
    static Answer ofMap(String what, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Answer(what, map);
        }
        throw wrong(what, "the answer", "a map", value);
    }

    Map<?, ?> values() {
        return values;
    }

    @Nullable
    String text(Object key) {
        return value(key, String.class, "a string");
    }

    byte @Nullable [] bytes(Object key) {
        return value(key, byte[].class, "bytes");
    }

    @Nullable
    Boolean flag(Object key) {
        return value(key, Boolean.class, "a boolean");
    }

    @Nullable
    Long number(Object key) {
        return value(key, Long.class, "an integer");
    }

    @Nullable
    Integer integer(Object key) {
        Long number = number(key);
        if (number != null && number.intValue() != number) {
            throw wrong(what, name(key), "an integer of 32 bits", number);
        }
        return number == null ? null : (Integer) number.intValue();
    }

    long requiredNumber(Object key) {
        return required(key, number(key));
    }

    int requiredInteger(Object key) {
        return required(key, integer(key));
    }

    boolean requiredFlag(Object key) {
        return required(key, flag(key));
    }

    byte[] requiredBytes(Object key) {
        return required(key, bytes(key));
    }

    String requiredText(Object key) {
        return required(key, text(key));
    }

    /** The level of a pin: 0 or 1, or a boolean. */
    boolean requiredLevel(Object key) {
        Object value = required(key, values.get(key));
        return value instanceof Boolean level ? level : requiredNumber(key) != 0;
    }

    @Nullable
    InetAddress address(Object key) {
        byte[] bytes = bytes(key);
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw wrong(what, name(key), "an address of 4 or 16 bytes", bytes);
        }
    }

    @Nullable
    MacAddress mac(Object key) {
        byte[] bytes = bytes(key);
        if (bytes != null && bytes.length != MacAddress.BYTES) {
            throw wrong(what, name(key), MacAddress.BYTES + " bytes", bytes);
        }
        return bytes == null ? null : MacAddress.of(bytes);
    }

    @Nullable
    List<String> texts(Object key) {
        List<?> list = value(key, List.class, "an array");
        if (list == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw wrong(what, name(key), "an array of strings", element);
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    @Nullable
    Answer map(Object key) {
        Object value = values.get(key);
        return value == null ? null : ofMap(what + " " + key, value);
    }

    private <T> @Nullable T value(Object key, Class<T> type, String typeName) {
        Object value = values.get(key);
        if (value != null && !type.isInstance(value)) {
            throw wrong(what, name(key), typeName, value);
        }
        return type.cast(value);
    }

    private <T> T required(Object key, @Nullable T value) {
        if (value == null) {
            throw propagated(what + ": the device's answer lacks " + name(key));
        }
        return Objects.requireNonNull(value);
    }

    private static String name(Object key) {
        return key instanceof Integer place ? "value " + (place + 1) : "\"" + key + "\"";
    }

    private static RuntimeException wrong(String what, String name, String expected, @Nullable Object value) {
        String is = value == null ? "nil" : "a " + value.getClass().getSimpleName();
        return propagated(what + ": " + name + " of the device's answer is " + is + ", not " + expected);
    }

    private static RuntimeException propagated(String message) {
        return Exceptions.propagate(new ProtocolException(message));
    }
}
