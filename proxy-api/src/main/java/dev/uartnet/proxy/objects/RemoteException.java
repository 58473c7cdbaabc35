package dev.uartnet.proxy.objects;

import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Code on the device raised a Python exception. The message has its type, its arguments, and what it was raised in. */
public final class RemoteException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final transient List<@Nullable Object> arguments;
    private final String traceback;

    private RemoteException(
            String message,
            String type,
            List<@Nullable Object> arguments,
            String traceback,
            RequestFailedException cause) {
        super(message, cause);
        this.type = type;
        this.arguments = arguments;
        this.traceback = traceback;
    }

    /**
     * What the device said of an exception.
     *
     * @param what was asked of it
     */
    static RemoteException of(RequestFailedException failure, String what) {
        List<@Nullable Object> details = failure.details();
        String type = details.size() > 0 && details.get(0) instanceof String name ? name : "Exception";
        List<@Nullable Object> arguments = new ArrayList<>();
        if (details.size() > 1 && details.get(1) instanceof List<?> list) {
            arguments.addAll(list);
        }
        String traceback = details.size() > 2 && details.get(2) instanceof String text ? text : "";
        String said = arguments.stream().map(Values::text).collect(Collectors.joining(", "));
        return new RemoteException(
                type + (said.isEmpty() ? "" : ": " + said) + " (in " + what + ")",
                type,
                Collections.unmodifiableList(arguments),
                traceback,
                failure);
    }

    /** Returns the name of the exception's Python type: {@code ValueError}. */
    public String type() {
        return type;
    }

    /** Returns the exception's {@code args}; what is no value, as its {@code repr}. May be cut where they are long. */
    public List<@Nullable Object> arguments() {
        return arguments == null ? List.of() : arguments;
    }

    /** Returns Python's traceback, several lines; may be cut where it is long, and empty. */
    public String traceback() {
        return traceback;
    }
}
