package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import dev.uartnet.proxy.SessionRequests;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The objects of a device's Python: {@code ProxyClient.objects()}.
 *
 * <pre>{@code
 * device.objects().importModule("machine")
 *         .flatMap(machine -> machine.call("freq").as(Integer.class))
 * }</pre>
 *
 * <p>None, bool, int of 64 bits, float, str, bytes, list, tuple and dict travel as values, by copy: as {@code null}, {@link Boolean}, {@link Long}, {@link
 * Double}, {@link String}, {@code byte[]}, {@link List} and {@link java.util.Map}. A result that is None is an empty {@code Mono}, an item of an
 * iteration that is None is {@link #NONE}. Everything else stays on the device; {@link RemoteObject} stands for it here. A str or bytes that
 * does not fit a frame is fetched in pieces; so is a bytearray. An int of more than 64 bits is an object; its {@link RemoteObject#text} has the figures. A
 * dict with keys other than str, int, bytes and bool is an object, too.
 *
 * <p>Publishers are lazy, and signal on the link's event loop, which must not be blocked; each subscription asks the device anew. Cancelling one ends
 * the request, not the code that runs on the device: that runs on, unless it prints. At most 32 requests of a session are at the device at
 * a time, iterations aside; any number of others waits here, in order. So 32 calls that last make the 33rd wait.
 *
 * <p>Nothing here has a time limit of its own: the code of the device may take as long as it takes. {@link RemoteCall#timeout} gives a call one, {@link
 * Mono#timeout(java.time.Duration)} anything else.
 *
 * <p>Objects live no longer than the link's session: afterwards they fail with {@link dev.uartnet.proxy.LinkLostException}, and are to be got anew.
 *
 * <p><b>Errors.</b> A Python exception is {@link RemoteException}. What the device's configuration does not allow (it allows no
 * modules and no code, unless told so) is {@link dev.uartnet.proxy.NotAllowedException}. A firmware without objects is {@link
 * UnsupportedOperationException}.
 */
public final class RemoteObjects {
    /** Python's None, where {@code null} cannot stand: as an item of a {@code Flux}. As an argument it is the same as {@code null}. */
    public static final Object NONE = None.NONE;

    private enum None {
        NONE;

        @Override
        public String toString() {
            return "None";
        }
    }

    private final DeviceRequests requests;
    private final ConcurrentMap<SessionRequests, ObjectSession> sessions = new ConcurrentHashMap<>();

    /**
     * The objects behind a client's requests; applications have {@code ProxyClient.objects()}.
     *
     * @param requests of one client
     */
    public RemoteObjects(DeviceRequests requests) {
        this.requests = requests;
    }

    /** The present session, or the next one. */
    private Mono<ObjectSession> session() {
        return requests.session().map(this::of);
    }

    private ObjectSession of(SessionRequests session) {
        ObjectSession known = sessions.get(session);
        if (known != null) {
            return known;
        }
        ObjectSession added = new ObjectSession(session);
        known = sessions.putIfAbsent(session, added);
        if (known != null) {
            return known;
        }
        session.onEnd().subscribe(end -> {}, lost -> {}, () -> sessions.remove(session));
        return added;
    }

    /**
     * Imports a module on the device.
     *
     * @param name may have dots: the module behind the last one
     */
    public Mono<RemoteObject> importModule(String name) {
        Objects.requireNonNull(name, "name");
        return session().flatMap(session -> session.request(
                        ObjectOperation.of(Operation.OBJECT_IMPORT, "import of '" + name + "'", name))
                .cast(RemoteObject.class)
                .map(module -> module.named(name)));
    }

    /**
     * Evaluates an expression.
     *
     * @param code Python, at most about 16,000 bytes; sees the names that {@link #exec} has bound in this session
     * @return what to do with it: its {@code as}, {@code result}, {@code output} and so on run it
     */
    public RemoteCall evaluate(String code) {
        return new RemoteCall(session(), new RemoteCode.Evaluation(Objects.requireNonNull(code, "code")));
    }

    /**
     * Executes statements. Their result is None.
     *
     * @param code Python, at most about 16,000 bytes; the names that it binds are there for the session
     * @return what to do with it: its {@code then}, {@code output} and so on run it
     */
    public RemoteCall exec(String code) {
        return new RemoteCall(session(), new RemoteCode.Execution(Objects.requireNonNull(code, "code")));
    }

    /** Lists what the device holds for this session, in the order of the numbers; also what is about to be released. */
    public Flux<RegisteredObject> list() {
        return session()
                .flatMapMany(session -> session.requests().stream(Operation.OBJECT_LIST))
                .map(item -> {
                    Handle handle = (Handle) item.orElseThrow();
                    return new RegisteredObject(Integer.toUnsignedLong(handle.number()), handle.type());
                });
    }

    /**
     * Imports a module and lets a Java interface stand for it; see {@link RemoteObject#bind}.
     *
     * @return the interface; fails if the module lacks something that it names
     */
    public <T> Mono<T> bind(String module, Class<T> type) {
        Objects.requireNonNull(module, "module");
        BoundInterface<T> bound = BoundInterface.of(type);
        return importModule(module).flatMap(bound::bindOwn);
    }
}
