package dev.uartnet.proxy.objects;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Values that came as objects because they did not fit a frame: fetched in pieces, and released. */
final class LongValues {
    private static final Set<String> BYTES = Set.of("bytes", "bytearray");
    private static final Set<String> LISTS = Set.of("list", "tuple");

    private static final int ENTRIES_AT_ONCE = 16;

    private LongValues() {}

    /** Returns whether a value has such parts: of a frame's worth of elements. */
    static boolean has(@Nullable Object value) {
        if (value instanceof RemoteObject object) {
            return isLong(object);
        } else if (value instanceof List<?> list) {
            return list.stream().anyMatch(LongValues::has);
        }
        return value instanceof Map<?, ?> map
                && (map.keySet().stream().anyMatch(LongValues::has)
                        || map.values().stream().anyMatch(LongValues::has));
    }

    private static boolean isLong(RemoteObject object) {
        return BYTES.contains(object.type()) || object.type().equals("str");
    }

    /**
     * Returns a value with all its str and bytes whole.
     *
     * @param whole whether a list or dict that is an object itself is to be fetched, too
     * @param limit for each piece; zero: none
     */
    static Mono<Object> fetched(Object value, boolean whole, Duration limit) {
        if (whole && value instanceof RemoteObject object) {
            if (LISTS.contains(object.type())) {
                return list(object);
            } else if (object.type().equals("dict")) {
                return map(object);
            }
        }
        if (!has(value)) {
            return Mono.just(value);
        }
        List<RemoteObject> parts = new ArrayList<>();
        collect(value, parts);
        Map<RemoteObject, Object> fetched = new HashMap<>();
        return Flux.fromIterable(parts)
                .concatMap(part -> content(part, limit).doOnNext(content -> fetched.put(part, content)))
                .then(Mono.fromSupplier(() -> replaced(value, fetched)))
                .doFinally(end -> parts.forEach(RemoteObject::dispose));
    }

    private static Mono<Object> content(RemoteObject object, Duration limit) {
        Mono<byte[]> bytes = new ObjectReads(object).within(limit).whole();
        return object.type().equals("str")
                ? bytes.map(utf8 -> new String(utf8, StandardCharsets.UTF_8))
                : bytes.cast(Object.class);
    }

    private static Mono<Object> list(RemoteObject object) {
        return object.iterate()
                .collect(() -> new ArrayList<@Nullable Object>(), (list, item) -> list.add(orNull(item)))
                .<Object>map(Collections::unmodifiableList)
                .doFinally(end -> object.dispose());
    }

    /** A value that comes behind its key. */
    private record Entry(Object key, Optional<Object> value) {}

    private static Mono<Object> map(RemoteObject object) {
        return object.iterate()
                .flatMapSequential(
                        key -> object.getItem(key)
                                .map(value -> new Entry(key, Optional.of(value)))
                                .defaultIfEmpty(new Entry(key, Optional.empty())),
                        ENTRIES_AT_ONCE)
                .collect(
                        () -> new LinkedHashMap<@Nullable Object, @Nullable Object>(),
                        (map, entry) -> map.put(orNull(entry.key), entry.value.orElse(null)))
                .<Object>map(Collections::unmodifiableMap)
                .doFinally(end -> object.dispose());
    }

    private static @Nullable Object orNull(Object item) {
        return item == RemoteObjects.NONE ? null : item;
    }

    private static void collect(@Nullable Object value, List<RemoteObject> parts) {
        if (value instanceof RemoteObject object) {
            if (isLong(object)) {
                parts.add(object);
            }
        } else if (value instanceof List<?> list) {
            list.forEach(element -> collect(element, parts));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> {
                collect(key, parts);
                collect(element, parts);
            });
        }
    }

    private static Object replaced(Object value, Map<RemoteObject, Object> fetched) {
        if (value instanceof RemoteObject object) {
            return fetched.getOrDefault(object, object);
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>(list.size());
            list.forEach(element -> elements.add(element == null ? null : replaced(element, fetched)));
            return Collections.unmodifiableList(elements);
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, element) -> entries.put(
                    key == null ? null : replaced(key, fetched), element == null ? null : replaced(element, fetched)));
            return Collections.unmodifiableMap(entries);
        }
        return value;
    }
}
