package dev.uartnet.esp32;

import dev.uartnet.esp32.objects.SimulatedObject;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Objects as text, as Python's {@code str} and {@code repr} write them. */
final class PythonText {
    /** Deeper is not written: a list may be in itself. */
    private static final int DEPTH_MAX = 20;

    private PythonText() {}

    static String str(@Nullable Object value) throws Exception {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof SimulatedObject object ? object.str() : repr(value);
    }

    static String repr(@Nullable Object value) throws Exception {
        return repr(value, 0);
    }

    private static String repr(@Nullable Object value, int depth) throws Exception {
        if (value instanceof SimulatedObject object) {
            return object.repr();
        } else if (value == null || value == PythonModel.NONE) {
            return "None";
        } else if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        } else if (value instanceof Number) {
            return value.toString();
        } else if (value instanceof String text) {
            return quoted(text);
        } else if (value instanceof byte[] bytes) {
            return bytes(bytes);
        } else if (depth == DEPTH_MAX) {
            return "...";
        } else if (value instanceof List<?> list) {
            StringJoiner all = new StringJoiner(", ", "[", "]");
            for (Object element : list) {
                all.add(repr(element, depth + 1));
            }
            return all.toString();
        } else if (value instanceof Map<?, ?> map) {
            StringJoiner all = new StringJoiner(", ", "{", "}");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                all.add(repr(entry.getKey(), depth + 1) + ": " + repr(entry.getValue(), depth + 1));
            }
            return all.toString();
        }
        return "<" + PythonModel.typeName(value) + ">";
    }

    /** Arguments as an exception writes them: one alone, several in brackets. */
    static String arguments(List<?> arguments) throws Exception {
        if (arguments.size() == 1) {
            return str(arguments.get(0));
        }
        StringJoiner all = new StringJoiner(", ", "(", ")");
        for (Object argument : arguments) {
            all.add(repr(argument));
        }
        return arguments.isEmpty() ? "" : all.toString();
    }

    static Long[] unsigned(byte[] bytes) {
        Long[] numbers = new Long[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            numbers[i] = (long) Byte.toUnsignedInt(bytes[i]);
        }
        return numbers;
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(point -> {
            if (point >= 0x80) {
                quoted.appendCodePoint(point);
            } else {
                escape(quoted, point, quote);
            }
        });
        return quoted.append(quote).toString();
    }

    private static String bytes(byte[] bytes) {
        StringBuilder quoted = new StringBuilder("b'");
        for (byte value : bytes) {
            escape(quoted, Byte.toUnsignedInt(value), '\'');
        }
        return quoted.append('\'').toString();
    }

    private static void escape(StringBuilder to, int value, char quote) {
        switch (value) {
            case '\\' -> to.append("\\\\");
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> {
                if (value == quote) {
                    to.append('\\').append(quote);
                } else if (value < ' ' || value > '~') {
                    to.append(String.format("\\x%02x", value));
                } else {
                    to.append((char) value);
                }
            }
        }
    }
}
