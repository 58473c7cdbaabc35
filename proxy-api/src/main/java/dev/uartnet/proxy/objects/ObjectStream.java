package dev.uartnet.proxy.objects;

import dev.uartnet.codec.request.RequestListener;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One streaming request for objects: its objects are in use for as long as it runs. On the link's event loop. */
final class ObjectStream implements RequestListener {
    private final ObjectSession session;
    private final ObjectOperation operation;
    private List<Lease> used = List.of();
    private boolean over;

    private ObjectStream(ObjectSession session, ObjectOperation operation) {
        this.session = session;
        this.operation = operation;
    }

    /** The items; nil is {@link RemoteObjects#NONE}. */
    static Flux<Object> of(ObjectSession session, ObjectOperation operation) {
        return Flux.defer(() -> new ObjectStream(session, operation).items());
    }

    private Flux<Object> items() {
        return Mono.<List<Lease>>create(sink -> session.executeOr(
                        () -> {
                            if (!over) {
                                used = operation.use(session);
                                sink.success(used);
                            }
                        },
                        () -> sink.success(used)))
                .flatMapMany(inUse -> session.requests().stream(this, operation.number(), operation.encoded()))
                .doOnDiscard(Optional.class, this::discard)
                .map(item -> item.isEmpty() ? RemoteObjects.NONE : Values.decoded(session, item.get()))
                .onErrorMap(failure -> RemoteFailures.of(failure, operation))
                .doFinally(end -> session.execute(this::end));
    }

    private void discard(Optional<?> item) {
        session.execute(() -> session.discard(item.orElse(null)));
    }

    private void end() {
        over = true;
        used.forEach(Lease::unused);
        used = List.of();
    }

    @Override
    public void output(String text) {
        operation.output().accept(text);
    }

    @Override
    public void unwanted(@Nullable Object value) {
        session.discard(value);
    }
}
