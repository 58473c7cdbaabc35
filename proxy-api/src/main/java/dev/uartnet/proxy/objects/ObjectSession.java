package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Handle;
import dev.uartnet.proxy.SessionRequests;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the objects of one session share. */
final class ObjectSession {
    /** Of a frame's payload, what is not the bytes that are read. */
    private static final int READ_OVERHEAD_BYTES = 16;

    private final SessionRequests requests;
    private final RequestGate gate = new RequestGate();
    private final HandleReleases releases;
    private final Set<BoundInterface.Shape> shapes = ConcurrentHashMap.newKeySet();

    ObjectSession(SessionRequests requests) {
        this.requests = requests;
        releases = new HandleReleases(requests);
    }

    SessionRequests requests() {
        return requests;
    }

    RequestGate gate() {
        return gate;
    }

    /** What is known of types of the device. */
    Set<BoundInterface.Shape> shapes() {
        return shapes;
    }

    /** How many bytes to ask for with one read. */
    int readBytes() {
        return requests.session().maxPayload() - READ_OVERHEAD_BYTES;
    }

    /** Does something on the link's event loop, at once if it is there already; nothing when that has stopped: then there is no session either. */
    void execute(Runnable action) {
        executeOr(action, () -> {});
    }

    /** As {@link #execute}, with what to do when the event loop has stopped. */
    void executeOr(Runnable action, Runnable stopped) {
        if (requests.executor().inEventLoop()) {
            action.run();
            return;
        }
        try {
            requests.executor().execute(action);
        } catch (RejectedExecutionException e) {
            stopped.run();
        }
    }

    /** A handle that this host holds no more. On the link's event loop. */
    void release(int handle) {
        releases.add(handle);
    }

    /** A value that nobody wants: what it holds is released. On the link's event loop. */
    void discard(@Nullable Object encoded) {
        if (encoded instanceof Handle handle) {
            release(handle.number());
        } else if (encoded instanceof Iterable<?> elements) {
            elements.forEach(this::discard);
        } else if (encoded instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                discard(key);
                discard(value);
            });
        }
    }

    /** Sends a request; nil is an empty {@code Mono}. */
    Mono<Object> request(ObjectOperation operation) {
        return new ObjectRequest(this, operation);
    }

    /** Sends a streaming request; nil is {@link RemoteObjects#NONE}. */
    Flux<Object> stream(ObjectOperation operation) {
        return ObjectStream.of(this, operation);
    }
}
