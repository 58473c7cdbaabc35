package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Handle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The device's values as Java's. */
final class Values {
    private Values() {}

    /** Makes objects of the handles in a value. */
    static Object decoded(ObjectSession session, Object value) {
        if (value instanceof Handle handle) {
            return RemoteObject.of(session, handle, handle.type());
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>(list.size());
            for (Object element : list) {
                elements.add(element == null ? null : decoded(session, element));
            }
            return Collections.unmodifiableList(elements);
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, element) -> entries.put(
                    key == null ? null : decoded(session, key), element == null ? null : decoded(session, element)));
            return Collections.unmodifiableMap(entries);
        }
        return value;
    }

    /** Disposes of the objects in a value that is not handed on. */
    static void dispose(@Nullable Object value) {
        if (value instanceof RemoteObject object) {
            object.dispose();
        } else if (value instanceof List<?> list) {
            list.forEach(Values::dispose);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> {
                dispose(key);
                dispose(element);
            });
        }
    }

    /** Says a value in a message. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return String.valueOf(RemoteObjects.NONE);
        }
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : value.toString();
    }
}
