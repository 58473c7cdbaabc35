package dev.uartnet.proxy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where work for a device gets its session from: one link through all its sessions, or those of a pool. From any thread. */
interface Sessions {
    /**
     * A session that has not opened a socket.
     *
     * @param connection which one
     * @param cause what the socket would fail with
     */
    record Refusal(Connection connection, Throwable cause) {}

    /** Returns the connection that new work had best go to, or null if there is none. It may have ended a moment ago. */
    @Nullable
    Connection present();

    /** For new work: the present connection, or the next one, or {@link LinkLostException}, as configured. */
    Mono<Connection> connection();

    /**
     * For work that a connection did not bring to its end: one after it. Waits for that in any case, and fails with {@link
     * LinkLostException} if there will be none.
     */
    Mono<Connection> after(Connection ended);

    /**
     * Settles which session a socket is opened in, and counts it there. Right before the opening.
     *
     * @param offered what these have emitted
     * @param refusals so far
     */
    Connection settle(Connection offered, List<Refusal> refusals);

    /**
     * Returns who may be asked for what was refused, where that can do no harm and is wanted.
     *
     * @param refusals so far, in order; at least one
     * @return null: nobody, and it has failed
     */
    @Nullable
    Mono<Connection> instead(List<Refusal> refusals);

    /** Returns what it fails with then. */
    Throwable failure(List<Refusal> refusals);

    /** Why a request cannot be sent now. */
    LinkLostException refusal();
}
