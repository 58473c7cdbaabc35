package dev.uartnet.esp32.objects;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives on a simulated device, as Python sees it. A host holds it by a handle. What is not implemented fails as in Python: AttributeError,
 * TypeError.
 *
 * <p>All methods are called on the device's event loop and must not block. Where they return Object, it may be a
 * {@link java.util.concurrent.CompletionStage} of the result. What they throw becomes a Python exception for the host: a {@link PythonException} as it says,
 * another one with its Java class for a type. Equality is {@link Object#equals}, identity is Java's.
 */
public interface SimulatedObject {
    /** Returns the name of its type, at most 32 bytes as UTF-8; what is longer is cut. Default: the simple name of the Java class. */
    default String type() {
        String name = getClass().getSimpleName();
        return name.isEmpty() ? "object" : name;
    }

    /**
     * Returns an attribute: a value, an object, a {@link SimulatedFunction}. Default: AttributeError.
     *
     * @throws Exception what the host gets instead
     */
    default @Nullable Object get(String name) throws Exception {
        throw PythonException.noAttribute(type(), name);
    }

    /**
     * Sets an attribute. Default: AttributeError.
     *
     * @throws Exception what the host gets instead
     */
    default void set(String name, @Nullable Object value) throws Exception {
        throw PythonException.noAttribute(type(), name);
    }

    /**
     * Calls the object itself: a function, or a class, which constructs. Default: TypeError.
     *
     * @throws Exception what the host gets instead
     */
    default @Nullable Object call(SimulatedCall call) throws Exception {
        throw PythonException.of("TypeError", "'" + type() + "' object isn't callable");
    }

    /**
     * Calls a method. Default: calls what {@link #get} returns.
     *
     * @throws Exception what the host gets instead
     */
    default @Nullable Object call(String method, SimulatedCall call) throws Exception {
        Object attribute = get(method);
        if (attribute instanceof SimulatedFunction function) {
            return function.call(call);
        }
        if (attribute instanceof SimulatedObject object) {
            return object.call(call);
        }
        throw PythonException.of("TypeError", "attribute '" + method + "' isn't callable");
    }

    /**
     * Returns the item with a key. Default: TypeError.
     *
     * @throws Exception what the host gets instead
     */
    default @Nullable Object getItem(@Nullable Object key) throws Exception {
        throw PythonException.of("TypeError", "'" + type() + "' object isn't subscriptable");
    }

    /**
     * Sets the item with a key. Default: TypeError.
     *
     * @throws Exception what the host gets instead
     */
    default void setItem(@Nullable Object key, @Nullable Object value) throws Exception {
        throw PythonException.of("TypeError", "'" + type() + "' object doesn't support item assignment");
    }

    /**
     * Returns an iterator, of which an item is taken only when the host wants one. One that is {@link AutoCloseable} is closed when the host ends the
     * iteration early. Default: TypeError.
     *
     * @throws Exception what the host gets instead
     */
    default Iterator<? extends @Nullable Object> iterate() throws Exception {
        throw PythonException.of("TypeError", "'" + type() + "' object isn't iterable");
    }

    /**
     * Returns what the object, a stream, gives next: byte[] of at most max bytes, empty at the end. Default: AttributeError.
     *
     * @throws Exception what the host gets instead
     */
    default Object read(int max) throws Exception {
        throw PythonException.noAttribute(type(), "read");
    }

    /**
     * Returns the object as text for people. Default: {@link #repr}.
     *
     * @throws Exception what the host gets instead
     */
    default String str() throws Exception {
        return repr();
    }

    /**
     * Returns the object as text for programmers. Default: {@code <Type>}.
     *
     * @throws Exception what the host gets instead
     */
    default String repr() throws Exception {
        return "<" + type() + ">";
    }
}
