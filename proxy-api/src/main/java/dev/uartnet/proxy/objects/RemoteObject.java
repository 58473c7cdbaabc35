package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Handle;
import dev.uartnet.codec.message.Operation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.ref.Cleaner;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An object that lives on the device. Values, threads and errors: {@link RemoteObjects}. Usable from any thread.
 *
 * <p>The device holds it until {@link #close()} or {@link #dispose()}, until this object is garbage here, or until the session ends. What was asked
 * of it before is still done. Two {@code RemoteObject}s may stand for one object: {@link #isSame}.
 *
 * <pre>{@code
 * Mono.usingWhen(
 *         machine.call("Pin", 2, 1).object(),
 *         led -> led.call("value", 1).then(),
 *         led -> Mono.fromRunnable(led::dispose))
 * }</pre>
 */
public final class RemoteObject implements AutoCloseable, Disposable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Lease lease;
    private final Cleaner.Cleanable cleaning;

    private RemoteObject(Lease lease) {
        this.lease = lease;
        cleaning = CLEANER.register(this, lease);
    }

    /** An object that an answer has brought. */
    static RemoteObject of(ObjectSession session, Handle handle, String name) {
        return new RemoteObject(new Lease(session, handle, name));
    }

    /** The same, which messages name otherwise from now on. */
    RemoteObject named(String name) {
        lease.named(name);
        return this;
    }

    Lease lease() {
        return lease;
    }

    /** Returns the name of its Python type: {@code module}, {@code function}, {@code Pin}. */
    public String type() {
        return lease.type();
    }

    // ---- calls

    /**
     * Calls a method, or a module's function or class.
     *
     * @param args its positional arguments; {@link RemoteCall#keyword} adds others
     * @return what to do with the call: nothing happens before its result is subscribed to
     * @throws IllegalArgumentException if an argument cannot travel
     */
    public RemoteCall call(String method, @Nullable Object... args) {
        Objects.requireNonNull(method, "method");
        return new RemoteCall(session(), new RemoteCode.Invocation(this, method, Arguments.encoded(args)));
    }

    /**
     * Calls this object itself: a function is called, a class constructed.
     *
     * @return as {@link #call}
     */
    public RemoteCall invoke(@Nullable Object... args) {
        return new RemoteCall(session(), new RemoteCode.Invocation(this, null, Arguments.encoded(args)));
    }

    private Mono<ObjectSession> session() {
        return Mono.just(lease.session());
    }

    // ---- attributes and items

    /** Gets an attribute; None is empty. */
    public Mono<Object> get(String name) {
        return get(name, Object.class);
    }

    /**
     * Gets an attribute as a value of a Java type.
     *
     * @param type as {@link RemoteCall#as}
     */
    public <T> Mono<T> get(String name, Class<T> type) {
        Objects.requireNonNull(name, "name");
        return Results.as(
                type, lease.session(), reference -> attribute(Operation.OBJECT_GET, "get", name, name, reference));
    }

    /** Gets an attribute as an object, whatever it is: a change of a list that was got so is one on the device. */
    public Mono<RemoteObject> getObject(String name) {
        return get(name, RemoteObject.class);
    }

    /** Sets an attribute. */
    public Mono<Void> set(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        return request(attribute(Operation.OBJECT_SET, "set", name, name, Arguments.encoded(value)))
                .then();
    }

    /** Gets an item of a dict, list and so on: {@code object[key]}. None is empty. */
    public Mono<Object> getItem(@Nullable Object key) {
        return getItem(key, Object.class);
    }

    /**
     * Gets an item as a value of a Java type.
     *
     * @param type as {@link RemoteCall#as}
     */
    public <T> Mono<T> getItem(@Nullable Object key, Class<T> type) {
        Object encoded = Arguments.encoded(key);
        return Results.as(
                type, lease.session(), reference -> item(Operation.OBJECT_ITEM_GET, "get", encoded, reference));
    }

    /** Sets an item of a dict, list and so on. */
    public Mono<Void> setItem(@Nullable Object key, @Nullable Object value) {
        return request(item(Operation.OBJECT_ITEM_SET, "set", Arguments.encoded(key), Arguments.encoded(value)))
                .then();
    }

    private ObjectOperation attribute(int operation, String verb, String name, @Nullable Object... args) {
        return ObjectOperation.of(operation, verb + " of '" + lease.name() + "." + name + "'", this, args[0], args[1]);
    }

    private ObjectOperation item(int operation, String verb, @Nullable Object... args) {
        return ObjectOperation.of(
                operation, verb + " of '" + lease.name() + "[" + Values.text(args[0]) + "]'", this, args[0], args[1]);
    }

    private Mono<Object> request(ObjectOperation operation) {
        return lease.session().request(operation);
    }

    // ---- what every object has

    /** Returns its {@code str()}. */
    public Mono<String> text() {
        return text(false);
    }

    /** Returns its {@code repr()}. */
    public Mono<String> repr() {
        return text(true);
    }

    private Mono<String> text(boolean repr) {
        return Results.as(
                String.class, lease.session(), reference -> of(Operation.OBJECT_TEXT, repr ? "repr" : "str", repr));
    }

    /** Tells whether it equals a value or another object: Python's {@code ==}. */
    public Mono<Boolean> isEqualTo(@Nullable Object other) {
        return request(of(Operation.OBJECT_EQUAL, "==", Arguments.encoded(other), false))
                .cast(Boolean.class);
    }

    /** Tells whether both stand for one object: Python's {@code is}. */
    public Mono<Boolean> isSame(RemoteObject other) {
        return request(of(Operation.OBJECT_EQUAL, "is", other, true)).cast(Boolean.class);
    }

    private ObjectOperation of(int operation, String what, @Nullable Object... args) {
        Object[] all = new Object[args.length + 1];
        all[0] = this;
        System.arraycopy(args, 0, all, 1, args.length);
        return ObjectOperation.of(operation, what + " of '" + lease.name() + "'", all);
    }

    /**
     * Iterates over it: its items, what a generator yields.
     *
     * <p>Demand reaches the device, at most 256 items at a time: a generator runs no further than what was asked for. An exception is one after
     * the items before it. Cancelling closes a generator.
     *
     * @return its items; one that is None is {@link RemoteObjects#NONE}
     */
    public Flux<Object> iterate() {
        return iterate(Object.class);
    }

    /**
     * Iterates over it.
     *
     * @param type of all items, as {@link RemoteCall#as}; one that is None is an error, unless {@code type} is {@code Object}
     */
    public <T> Flux<T> iterate(Class<T> type) {
        return Results.items(type, lease.session(), reference -> of(Operation.OBJECT_ITERATE, "iteration", reference));
    }

    // ---- bytes

    /**
     * Reads into a buffer until that is full or there is no more: of a stream (a file, a socket) what it gives next, of a bytes, bytearray, memoryview,
     * array or str (as UTF-8) its contents from the beginning.
     *
     * @param buffer written on the link's event loop, from its writer index to its capacity; stays its owner's, who leaves it alone meanwhile
     * @return how many bytes; 0 at the end
     */
    public Mono<Integer> readInto(ByteBuf buffer) {
        return new ObjectReads(this).into(buffer);
    }

    /**
     * Reads until there is no more, a piece with each demand, of a frame's size at most; as {@link #readInto}.
     *
     * @return unpooled buffers, whose receiver may release them
     */
    public Flux<ByteBuf> read() {
        return new ObjectReads(this).pieces().map(Unpooled::wrappedBuffer);
    }

    // ---- binding

    /**
     * Lets a Java interface stand for this object.
     *
     * <p>Its methods are calls of the methods, functions or classes of the same name:
     *
     * <ul>
     *   <li>{@code Mono<T>}: the result, as {@link RemoteCall#as}; {@code Mono<Void>}: without it; another such interface: the result, bound to
     *       it (so that classes are constructed)
     *   <li>{@code Flux<T>}: the items of the result, which is iterated over
     *   <li>{@link RemoteCall}: the call, to add a timeout and so on
     *   <li>{@link RemoteName}, {@link RemoteProperty}, {@link Keyword} say what is otherwise
     *   <li>{@code default} methods stay what they are: for constants, or for what is made of other methods
     *   <li>{@code close()} of {@link AutoCloseable}, {@code dispose()} and {@code isDisposed()} of {@link Disposable} are this object's
     * </ul>
     *
     * A varargs parameter is as many arguments. A bound interface may be an argument itself. {@code equals} is that of its object here, {@code hashCode} too.
     *
     * @return what implements it; fails if this object lacks methods that the interface names (attributes may appear later and are not looked at)
     * @throws IllegalArgumentException if the interface has a method that cannot be a call; the message names it
     */
    public <T> Mono<T> bind(Class<T> type) {
        return BoundInterface.of(type).bind(this);
    }

    // ---- life

    /** As {@link #close()}. */
    @Override
    public void dispose() {
        cleaning.clean();
    }

    /** Lets the device forget it, together with others, within some milliseconds; does not wait. What was asked of it before is still done. */
    @Override
    public void close() {
        dispose();
    }

    /** Returns whether it was disposed of here. */
    @Override
    public boolean isDisposed() {
        return lease.isDisposed();
    }

    /** What this host knows of it; what the device says is {@link #text}. */
    @Override
    public String toString() {
        return "RemoteObject[" + lease + "]";
    }
}
