package dev.uartnet.esp32;

import dev.uartnet.esp32.objects.PythonException;
import dev.uartnet.esp32.objects.SimulatedCall;
import dev.uartnet.esp32.objects.SimulatedFunction;
import dev.uartnet.esp32.objects.SimulatedObject;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can be done with an object as Python has it, for scripted objects and for Java's own: values, iterators, streams, functions. */
final class PythonModel {
    /** None where an object must be. */
    static final Object NONE = new Object();

    private PythonModel() {}

    static String typeName(@Nullable Object value) {
        if (value instanceof SimulatedObject object) {
            return object.type();
        } else if (value == null || value == NONE) {
            return "NoneType";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Double || value instanceof Float) {
            return "float";
        } else if (value instanceof Number && isInteger(value)) {
            return "int";
        } else if (value instanceof String) {
            return "str";
        } else if (value instanceof byte[]) {
            return "bytes";
        } else if (value instanceof List) {
            return "list";
        } else if (value instanceof Map) {
            return "dict";
        } else if (value instanceof Set) {
            return "set";
        } else if (value instanceof SimulatedFunction) {
            return "function";
        } else if (value instanceof Iterator) {
            return "iterator";
        }
        String name = value.getClass().getSimpleName();
        return name.isEmpty() ? "object" : name;
    }

    private static boolean isInteger(Object value) {
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger;
    }

    // ---- attributes and calls

    static @Nullable Object get(@Nullable Object object, String name) throws Exception {
        if (object instanceof SimulatedObject scripted) {
            return scripted.get(name);
        }
        throw noAttribute(object, name);
    }

    static void set(@Nullable Object object, String name, @Nullable Object value) throws Exception {
        if (!(object instanceof SimulatedObject scripted)) {
            throw noAttribute(object, name);
        }
        scripted.set(name, value);
    }

    private static PythonException noAttribute(@Nullable Object object, String name) {
        return PythonException.of(
                "AttributeError", "'" + typeName(object) + "' object has no attribute '" + name + "'");
    }

    static @Nullable Object call(@Nullable Object object, @Nullable String method, SimulatedCall call)
            throws Exception {
        if (object instanceof SimulatedObject scripted) {
            return method == null ? scripted.call(call) : scripted.call(method, call);
        }
        if (method != null) {
            throw noAttribute(object, method);
        }
        if (object instanceof SimulatedFunction function) {
            return function.call(call);
        }
        throw PythonException.of("TypeError", "'" + typeName(object) + "' object isn't callable");
    }

    // ---- items

    static @Nullable Object getItem(@Nullable Object object, @Nullable Object key) throws Exception {
        if (object instanceof SimulatedObject scripted) {
            return scripted.getItem(key);
        } else if (object instanceof List<?> list) {
            return list.get(index(key, list.size(), "list"));
        } else if (object instanceof String text) {
            int[] points = text.codePoints().toArray();
            return Character.toString(points[index(key, points.length, "str")]);
        } else if (object instanceof byte[] bytes) {
            return (long) Byte.toUnsignedInt(bytes[index(key, bytes.length, "bytes")]);
        } else if (object instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (equal(entry.getKey(), key)) {
                    return entry.getValue();
                }
            }
            throw PythonException.of("KeyError", key);
        }
        throw PythonException.of("TypeError", "'" + typeName(object) + "' object isn't subscriptable");
    }

    static void setItem(@Nullable Object object, @Nullable Object key, @Nullable Object value) throws Exception {
        if (object instanceof SimulatedObject scripted) {
            scripted.setItem(key, value);
        } else if (object instanceof List<?> list) {
            values(list).set(index(key, list.size(), "list"), value);
        } else if (object instanceof Map<?, ?> map) {
            values(map).put(equalKey(map, key), value);
        } else {
            throw PythonException.of("TypeError", "'" + typeName(object) + "' object doesn't support item assignment");
        }
    }

    /** Keys of Java's that Python takes for the same, such as Integer and Long, must not stand beside each other. */
    private static @Nullable Object equalKey(Map<?, ?> map, @Nullable Object key) {
        for (Object there : map.keySet()) {
            if (equal(there, key)) {
                return there;
            }
        }
        return key;
    }

    @SuppressWarnings("unchecked") // a Python list takes anything; a script that has declared less must not hand it out
    private static List<@Nullable Object> values(List<?> list) {
        return (List<@Nullable Object>) list;
    }

    @SuppressWarnings("unchecked") // likewise
    private static Map<@Nullable Object, @Nullable Object> values(Map<?, ?> map) {
        return (Map<@Nullable Object, @Nullable Object>) map;
    }

    private static int index(@Nullable Object key, int size, String type) {
        if (!(key instanceof Long index)) {
            throw PythonException.of("TypeError", type + " indices must be integers, not " + typeName(key));
        }
        long at = index < 0 ? index + size : index;
        if (at < 0 || at >= size) {
            throw PythonException.of("IndexError", type + " index out of range");
        }
        return (int) at;
    }

    // ---- the rest

    static Iterator<? extends @Nullable Object> iterate(@Nullable Object object) throws Exception {
        if (object instanceof SimulatedObject scripted) {
            return scripted.iterate();
        } else if (object instanceof Iterator<?> iterator) {
            return iterator;
        } else if (object instanceof Map<?, ?> map) {
            return map.keySet().iterator();
        } else if (object instanceof Iterable<?> iterable) {
            return iterable.iterator();
        } else if (object instanceof String text) {
            return text.codePoints().mapToObj(Character::toString).iterator();
        } else if (object instanceof byte[] bytes) {
            return Arrays.asList(PythonText.unsigned(bytes)).iterator();
        }
        throw PythonException.of("TypeError", "'" + typeName(object) + "' object isn't iterable");
    }

    /** What a stream gives next; byte[] or a CompletionStage of it. */
    static @Nullable Object read(@Nullable Object object, int max) throws Exception {
        if (object instanceof SimulatedObject scripted) {
            return scripted.read(max);
        } else if (object instanceof InputStream stream) {
            return stream.readNBytes(max);
        }
        throw noAttribute(object, "read");
    }

    /** The contents of what has contents. */
    static byte[] contents(@Nullable Object object) {
        if (object instanceof byte[] bytes) {
            return bytes;
        } else if (object instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        throw PythonException.of("TypeError", "object with buffer protocol required, not " + typeName(object));
    }

    static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == b;
        }
        Number one = number(a);
        Number other = number(b);
        if (one != null && other != null) {
            return (one instanceof Double || other instanceof Double)
                    ? one.doubleValue() == other.doubleValue()
                    : one.equals(other);
        }
        return equalContents(a, b);
    }

    private static boolean equalContents(Object a, Object b) {
        if (a instanceof byte[] one && b instanceof byte[] other) {
            return Arrays.equals(one, other);
        } else if (a instanceof List<?> one && b instanceof List<?> other) {
            Iterator<?> others = other.iterator();
            return one.size() == other.size() && one.stream().allMatch(element -> equal(element, others.next()));
        } else if (a instanceof Map<?, ?> one && b instanceof Map<?, ?> other) {
            return one.size() == other.size()
                    && one.entrySet().stream().allMatch(entry -> other.entrySet().stream()
                            .anyMatch(there -> equal(entry.getKey(), there.getKey())
                                    && equal(entry.getValue(), there.getValue())));
        }
        return a.equals(b);
    }

    /** A number as BigInteger or Double, True as 1; null if it is none. */
    private static @Nullable Number number(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? BigInteger.ONE : BigInteger.ZERO;
        } else if (value instanceof BigInteger big) {
            return big;
        } else if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        return isInteger(value) ? BigInteger.valueOf(((Number) value).longValue()) : null;
    }

    @SuppressWarnings("ReferenceEquality") // that is the question
    static boolean identical(@Nullable Object a, @Nullable Object b) {
        boolean numbers = a instanceof Number || a instanceof Boolean;
        return a == b || (numbers && typeName(a).equals(typeName(b)) && equal(a, b));
    }
}
