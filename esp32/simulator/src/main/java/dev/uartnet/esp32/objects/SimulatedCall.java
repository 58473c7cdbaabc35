package dev.uartnet.esp32.objects;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a function on a simulated device is called with: values as the host sent them (null, Boolean, Long, Double, String, byte[], List, Map) and, for each
 * handle, the object itself.
 */
public final class SimulatedCall {
    private final List<@Nullable Object> positional;
    private final Map<String, @Nullable Object> keywords;
    private final Consumer<String> output;

    /**
     * A call as a device makes it; for tests of functions too.
     *
     * @param output gets what is printed
     */
    public SimulatedCall(
            List<? extends @Nullable Object> positional,
            Map<String, ? extends @Nullable Object> keywords,
            Consumer<String> output) {
        this.positional = Collections.unmodifiableList(new ArrayList<>(positional));
        this.keywords = Collections.unmodifiableMap(new LinkedHashMap<>(keywords));
        this.output = output;
    }

    /** Returns the positional arguments, in their order. */
    public List<@Nullable Object> positional() {
        return positional;
    }

    /** Returns the keyword arguments. */
    public Map<String, @Nullable Object> keywords() {
        return keywords;
    }

    /**
     * Returns an argument that must be there.
     *
     * @param position where it stands among the positional ones
     * @param name under which it may stand among the keywords
     * @throws PythonException TypeError: it lacks, or has another type
     */
    public <T> T argument(int position, String name, Class<T> type) {
        T value = find(position, name, type);
        if (value == null) {
            throw PythonException.of("TypeError", "argument '" + name + "' required");
        }
        return value;
    }

    /**
     * Returns an argument, or something else if it is not there or None.
     *
     * @throws PythonException TypeError: it has another type
     */
    public <T> T argument(int position, String name, Class<T> type, T otherwise) {
        T value = find(position, name, type);
        return value == null ? otherwise : value;
    }

    private <T> @Nullable T find(int position, String name, Class<T> type) {
        Object value = position < positional.size() ? positional.get(position) : keywords.get(name);
        if (value != null && !type.isInstance(value)) {
            throw PythonException.of(
                    "TypeError", "argument '" + name + "' must be " + type.getSimpleName() + ": " + value);
        }
        return type.cast(value);
    }

    /**
     * Prints text, which travels to the host before the call's end. From any thread; after the call has succeeded the host gets it as an event.
     *
     * @throws java.util.concurrent.CancellationException nobody waits for this call any more: it was cancelled, its deadline passed, or its session has ended
     */
    public void print(String text) {
        output.accept(text);
    }

    /** {@link #print}s text and an end of line, as Python's {@code print} does. */
    public void println(String text) {
        print(text + "\n");
    }
}
