package dev.uartnet.proxy.objects;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the device.
 *
 * @param number one of {@link dev.uartnet.codec.message.Operation}
 * @param args MessagePack values, and {@link RemoteObject}s, which so are not garbage before all is over
 * @param limit for the waiting and the answer; zero: none
 * @param output hears what it prints
 * @param what says it in errors: "call of 'machine.freq'"
 */
record ObjectOperation(int number, List<@Nullable Object> args, Duration limit, Consumer<String> output, String what) {

    /** One that prints nothing, and has no limit. */
    static ObjectOperation of(int number, String what, @Nullable Object... args) {
        List<@Nullable Object> list = new ArrayList<>(args.length);
        Collections.addAll(list, args);
        return new ObjectOperation(number, list, Duration.ZERO, text -> {}, what);
    }

    ObjectOperation within(Duration limit) {
        return new ObjectOperation(number, args, limit, output, what);
    }

    /** Returns whether it is about an object, and no code or module. */
    boolean namesObject() {
        return !args.isEmpty() && args.get(0) instanceof RemoteObject;
    }

    /**
     * Its objects are in use from now on. On the link's event loop.
     *
     * @throws IllegalStateException if one is disposed of
     * @throws IllegalArgumentException if one is not of this session
     */
    List<Lease> use(ObjectSession session) {
        List<Lease> used = new ArrayList<>();
        collect(args, used);
        int done = 0;
        try {
            for (Lease lease : used) {
                if (lease.session() != session) {
                    throw new IllegalArgumentException(lease + " is of another session, or another device, than " + what
                            + "; objects do not outlive their session");
                }
                lease.used();
                done++;
            }
            return used;
        } finally {
            if (done < used.size()) {
                used.subList(0, done).forEach(Lease::unused);
            }
        }
    }

    private static void collect(@Nullable Object value, List<Lease> leases) {
        if (value instanceof RemoteObject object) {
            leases.add(object.lease());
        } else if (value instanceof List<?> list) {
            list.forEach(element -> collect(element, leases));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> {
                collect(key, leases);
                collect(element, leases);
            });
        }
    }

    /** The arguments as they travel. */
    @Nullable
    Object[] encoded() {
        return args.stream().map(ObjectOperation::encoded).toArray();
    }

    private static @Nullable Object encoded(@Nullable Object value) {
        if (value instanceof RemoteObject object) {
            return object.lease().handle();
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>(list.size());
            list.forEach(element -> elements.add(encoded(element)));
            return elements;
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, element) -> entries.put(encoded(key), encoded(element)));
            return entries;
        }
        return value;
    }
}
