package dev.uartnet.esp32.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exception that code on a simulated device raises. */
public final class PythonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final transient List<@Nullable Object> arguments;
    private final @Nullable String traceback;

    private PythonException(String type, List<@Nullable Object> arguments, @Nullable String traceback) {
        super(type + (arguments.isEmpty() ? "" : ": " + arguments.get(0)));
        this.type = type;
        this.arguments = arguments;
        this.traceback = traceback;
    }

    /**
     * An exception with a traceback that names the object and the operation.
     *
     * @param type name of its class, such as {@code ValueError}
     * @param arguments of its construction
     */
    public static PythonException of(String type, @Nullable Object... arguments) {
        return new PythonException(type, Collections.unmodifiableList(new ArrayList<>(Arrays.asList(arguments))), null);
    }

    /** AttributeError. */
    static PythonException noAttribute(String type, String name) {
        return of("AttributeError", "'" + type + "' object has no attribute '" + name + "'");
    }

    /** Returns the same with a traceback of one's own, of any number of lines. */
    public PythonException withTraceback(String lines) {
        PythonException traced = new PythonException(type, arguments, lines);
        traced.setStackTrace(getStackTrace());
        return traced;
    }

    /** Returns the name of its class. */
    public String type() {
        return type;
    }

    /** Returns what it was constructed with. */
    public List<@Nullable Object> arguments() {
        return arguments;
    }

    /** Returns its traceback; null if the device is to write one. */
    public @Nullable String traceback() {
        return traceback;
    }
}
