package dev.uartnet.proxy.objects;

import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The device's values as what Java code asks for. */
final class Conversion {
    /** What a result can be had as; for messages. */
    static final String POSSIBLE =
            "Object, Boolean, Byte, Short, Integer, Long, Float, Double, Number, String, byte[], List, Map, RemoteObject";

    private Conversion() {}

    /** Returns whether there is a conversion to a type. */
    static boolean isPossible(Class<?> type) {
        Class<?> boxed = boxed(type);
        return boxed == Object.class
                || boxed == Boolean.class
                || whole(boxed) != null
                || boxed == Float.class
                || boxed == Double.class
                || boxed == Number.class
                || boxed == String.class
                || boxed == byte[].class
                || boxed == List.class
                || boxed == Map.class
                || boxed == RemoteObject.class;
    }

    /** @throws IllegalArgumentException if there is none */
    static void requirePossible(Class<?> type) {
        if (!isPossible(type)) {
            throw new IllegalArgumentException(
                    "a result of the device cannot be had as " + type.getName() + "; possible are " + POSSIBLE);
        }
    }

    /**
     * Converts a result. What it holds is disposed of if it cannot be converted.
     *
     * @param what names the result in the error: "call of 'machine.freq'"
     * @throws ClassCastException if it is of another kind
     * @throws ArithmeticException if it is a number out of the type's range
     */
    static <T> T to(Class<T> type, Object value, String what) {
        Class<T> boxed = boxed(type);
        Object converted = converted(boxed, value, what);
        if (converted == null) {
            Values.dispose(value);
            throw new ClassCastException(
                    "the " + what + " resulted in " + kind(value) + ", which is no " + type.getSimpleName());
        }
        return boxed.cast(converted);
    }

    private static @Nullable Object converted(Class<?> type, Object value, String what) {
        if (type.isInstance(value)) {
            return value;
        }
        if (value instanceof Long integer) {
            long[] range = whole(type);
            if (range != null) {
                if (integer < range[0] || integer > range[1]) {
                    throw new ArithmeticException("the " + what + " resulted in " + integer
                            + ", which is out of the range of " + type.getSimpleName());
                }
                return narrowed(type, integer);
            }
            if (type == Double.class) {
                return (double) integer;
            }
            return type == Float.class ? (Object) (float) integer.longValue() : null;
        }
        return value instanceof Double number && type == Float.class ? (Object) number.floatValue() : null;
    }

    /** The range of a type of whole numbers, or null. */
    private static long @Nullable [] whole(Class<?> type) {
        if (type == Integer.class) {
            return new long[] {Integer.MIN_VALUE, Integer.MAX_VALUE};
        } else if (type == Long.class) {
            return new long[] {Long.MIN_VALUE, Long.MAX_VALUE};
        } else if (type == Short.class) {
            return new long[] {Short.MIN_VALUE, Short.MAX_VALUE};
        }
        return type == Byte.class ? new long[] {Byte.MIN_VALUE, Byte.MAX_VALUE} : null;
    }

    private static Object narrowed(Class<?> type, long integer) {
        if (type == Integer.class) {
            return (int) integer;
        } else if (type == Short.class) {
            return (short) integer;
        }
        return type == Byte.class ? (Object) (byte) integer : (Object) integer;
    }

    @SuppressWarnings("unchecked")
    private static <T> Class<T> boxed(Class<T> type) {
        return (Class<T>) MethodType.methodType(type).wrap().returnType();
    }

    private static String kind(Object value) {
        if (value == RemoteObjects.NONE) {
            return "None";
        } else if (value instanceof RemoteObject object) {
            return "an object of type " + object.type();
        } else if (value instanceof byte[] bytes) {
            return bytes.length + " bytes";
        }
        String text = Values.text(value);
        return "the " + pythonType(value) + " " + (text.length() > 60 ? text.substring(0, 60) + "..." : text);
    }

    private static String pythonType(Object value) {
        if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Long) {
            return "int";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof String) {
            return "str";
        }
        return value instanceof List ? "list" : "dict";
    }
}
