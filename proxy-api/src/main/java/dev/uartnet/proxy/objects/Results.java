package dev.uartnet.proxy.objects;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Results as what Java code asks for. */
final class Results {
    private Results() {}

    /**
     * Asks for a result.
     *
     * @param operation what to ask; told whether the result is to be a reference
     * @throws IllegalArgumentException if no result can be had as that type
     */
    static <T> Mono<T> as(Class<T> type, ObjectSession session, Function<Boolean, ObjectOperation> operation) {
        Conversion.requirePossible(type);
        ObjectOperation asked = operation.apply(type == RemoteObject.class);
        Mono<Object> result = session.request(asked);
        if (type == RemoteObject.class) {
            return result.cast(type);
        }
        boolean whole = type == List.class || type == Map.class;
        return result.flatMap(value -> LongValues.fetched(value, whole, asked.limit()))
                .map(value -> Conversion.to(type, value, asked.what()));
    }

    /** Asks for a stream of items, as {@link #as}. */
    static <T> Flux<T> items(Class<T> type, ObjectSession session, Function<Boolean, ObjectOperation> operation) {
        Conversion.requirePossible(type);
        ObjectOperation asked = operation.apply(type == RemoteObject.class);
        Flux<Object> items = session.stream(asked);
        return (type == RemoteObject.class ? items : new WholeItems(session, items))
                .map(item -> Conversion.to(type, item, asked.what()));
    }
}
