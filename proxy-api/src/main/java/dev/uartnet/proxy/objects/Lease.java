package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.Handle;

/** This host's hold on one handle of the device's registry. Its states: see the package. */
final class Lease implements Runnable {
    private final ObjectSession session;
    private final Handle handle;
    /** What says it in errors. */
    private volatile String name;

    /** Somebody has disposed of it; what was asked before that is still done. */
    private volatile boolean disposed;
    /** The event loop has heard of that. */
    private boolean released;
    /** Requests that name it and are not over. On the event loop. */
    private int uses;

    Lease(ObjectSession session, Handle handle, String name) {
        this.session = session;
        this.handle = handle;
        this.name = name;
    }

    String name() {
        return name;
    }

    void named(String name) {
        this.name = name;
    }

    ObjectSession session() {
        return session;
    }

    /** As a request names it. */
    Handle handle() {
        return new Handle(handle.number());
    }

    String type() {
        return handle.type();
    }

    /** Unsigned 32 bits. */
    long number() {
        return Integer.toUnsignedLong(handle.number());
    }

    boolean isDisposed() {
        return disposed;
    }

    /**
     * A request begins to use it, until {@link #unused}. On the event loop.
     *
     * @throws IllegalStateException if it is released
     */
    void used() {
        if (released) {
            throw new IllegalStateException(this + " is disposed of: get it from the device again");
        }
        uses++;
    }

    /** On the event loop. */
    void unused() {
        if (--uses == 0 && released) {
            session.release(handle.number());
        }
    }

    /** Disposes of it. On any thread, and once: as the action of a Cleaner. */
    @Override
    public void run() {
        disposed = true;
        session.execute(() -> {
            released = true;
            if (uses == 0) {
                session.release(handle.number());
            }
        });
    }

    @Override
    public String toString() {
        return name + (name.equals(type()) ? "" : " (" + type() + ")") + ", object " + number();
    }
}
