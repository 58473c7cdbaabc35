package dev.uartnet.codec.message;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values of vectors.txt: nil true false 1 -1 1.5 "text" h'bytes' [array] {key:value}. Bytes become their notation. */
final class Notation {
    private final String text;
    private int at;

    Notation(String text) {
        this.text = text;
    }

    /** Makes values comparable with those that are read: byte arrays have no equals. */
    static @Nullable Object comparable(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return "h'" + ByteBufUtil.hexDump(bytes) + "'";
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(comparable(element)));
            return copy;
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(comparable(key), comparable(element)));
            return copy;
        }
        return value;
    }

    @Nullable
    Object value() {
        char c = text.charAt(at);
        if (c == '[') {
            List<@Nullable Object> list = new ArrayList<>();
            for (at++; text.charAt(at) != ']'; skip(',')) {
                list.add(value());
            }
            at++;
            return list;
        } else if (c == '{') {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            for (at++; text.charAt(at) != '}'; skip(',')) {
                Object key = value();
                skip(':');
                map.put(key, value());
            }
            at++;
            return map;
        } else if (c == '"') {
            return quoted('"', 1);
        } else if (c == 'h') {
            return "h'" + quoted('\'', 2) + "'";
        }
        int from = at;
        while (at < text.length() && ",]}:".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "nil" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> word.contains(".") ? (Object) Double.valueOf(word) : Long.valueOf(word);
        };
    }

    private String quoted(char quote, int prefix) {
        int from = at + prefix;
        int to = text.indexOf(quote, from);
        at = to + 1;
        return text.substring(from, to);
    }

    private void skip(char c) {
        if (text.charAt(at) == c) {
            at++;
        }
    }
}
