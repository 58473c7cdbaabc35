package dev.uartnet.esp32;

import dev.uartnet.codec.message.BlobArguments;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Handle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The registry of the objects that a session's host holds by handles, and the way of values through it (PROTOCOL.md, section 8, "Remote objects"). A number is
 * never used again; each lives until its release or the session's end.
 */
final class SessionObjects {
    private static final int TYPE_BYTES_MAX = 32;

    private record Held(Object object, String type) {}

    private final ObjectScript script;
    private final Policy policy;
    private final int maxPayload;
    /** By their numbers, in whose order they were put in. */
    private final Map<Integer, Held> held = new LinkedHashMap<>();

    private int lastNumber;

    /** @param maxPayload bytes of the largest frame that the host takes */
    SessionObjects(ObjectScript script, Policy policy, int maxPayload) {
        this.script = script;
        this.policy = policy;
        this.maxPayload = maxPayload;
    }

    ObjectScript script() {
        return script;
    }

    /** Bytes of the largest value that fits an answer. */
    int valueBytesMax() {
        return maxPayload - 5; // array of 3, kind, id of 16 bits
    }

    void clear() {
        held.clear();
    }

    // ---- handles

    /** Gives an object a number. */
    Handle hold(Object object) throws DeviceException {
        String module = script.moduleName(object);
        if (module != null) {
            requireAllowed(module);
        }
        if (held.size() >= script.handlesMax()) {
            throw new DeviceException(
                    ErrorCode.NO_RESOURCES,
                    "the host holds " + held.size() + " objects, as many as the device has room for: release some");
        }
        String type = Utf8.cut(PythonModel.typeName(object), TYPE_BYTES_MAX);
        held.put(++lastNumber, new Held(object, type));
        return new Handle(lastNumber, type);
    }

    /** Whoever may import a package may import what is in it. */
    void requireAllowed(String module) throws DeviceException {
        for (int end = module.indexOf('.'); end >= 0; end = module.indexOf('.', end + 1)) {
            if (policy.allows(module.substring(0, end))) {
                return;
            }
        }
        if (!policy.allows(module)) {
            throw Policy.refusal(module);
        }
    }

    /** A name that is got, set or called: those of the interpreter's own are not for everybody. */
    String requireOrdinary(String name) throws DeviceException {
        if (name.isEmpty()) {
            throw DeviceException.badRequest("name", "must not be empty");
        }
        if (name.startsWith("__") && !policy.allowsEverything()) {
            throw new DeviceException(
                    ErrorCode.NOT_ALLOWED, "name: \"everything\" is not in \"allow\" of /uartnet.json: " + name);
        }
        return name;
    }

    /** Returns whether there was such a handle. */
    boolean release(Handle handle) {
        return held.remove(handle.number()) != null;
    }

    /** Returns the handles in the order of their numbers. */
    List<Handle> handles() {
        List<Handle> handles = new ArrayList<>(held.size());
        held.forEach((number, object) -> handles.add(new Handle(number, object.type)));
        return handles;
    }

    boolean holds(Handle handle) {
        return held.containsKey(handle.number());
    }

    private Object object(Handle handle) throws DeviceException {
        Held found = held.get(handle.number());
        if (found == null) {
            throw new DeviceException(
                    ErrorCode.NO_OBJECT, "no object " + Integer.toUnsignedString(handle.number()) + ": released?");
        }
        return found.object;
    }

    // ---- values

    /** What a value of the host's means here: handles are their objects. */
    @Nullable
    Object received(@Nullable Object value) throws DeviceException {
        if (value instanceof Handle handle) {
            Object object = object(handle);
            return object == PythonModel.NONE ? null : object;
        }
        if (value instanceof BlobArguments) {
            throw DeviceException.badRequest("blob", "stands for all arguments, or none");
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            for (Object element : list) {
                copy.add(received(element));
            }
            return copy;
        }
        if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                copy.put(received(entry.getKey()), received(entry.getValue()));
            }
            return copy;
        }
        return value;
    }

    /**
     * Returns how a value travels to the host: by copy where that can be, and fits a frame; else by a handle.
     *
     * @param reference by a handle in any case
     */
    @Nullable
    Object sent(@Nullable Object value, boolean reference) throws DeviceException {
        if (!reference) {
            int before = lastNumber;
            try {
                return new ValueCopy(valueBytesMax(), this::hold).of(value);
            } catch (ValueCopy.TooLongException tooLong) {
                releaseAfter(before);
            } catch (DeviceException e) {
                releaseAfter(before);
                throw e;
            }
        }
        return hold(value == null ? PythonModel.NONE : value);
    }

    /** Nobody will hear of those. */
    private void releaseAfter(int number) {
        for (int last = lastNumber; last != number; last--) {
            held.remove(last);
        }
    }
}
