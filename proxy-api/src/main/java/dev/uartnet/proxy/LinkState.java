package dev.uartnet.proxy;

import dev.uartnet.codec.link.Session;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the link of a {@link ProxyClient} stands.
 *
 * @param kind whether there is a session
 * @param session the present session; the last one if there is none. Another {@link Session#bootId} than before: the device has booted
 *     meanwhile, and remembers nothing
 * @param cause why there is no session: the link's end at first, then the failure of the last attempt to connect; null if there is
 *     one, and if this host has closed the client
 * @param attempts how many attempts to connect again have failed since the link was lost
 * @param since when it became of this kind
 */
public record LinkState(Kind kind, Session session, @Nullable Throwable cause, int attempts, Instant since) {
    /** Whether there is a session. */
    public enum Kind {
        /** There is one. */
        CONNECTED,
        /** There is none, and the client tries to get the next one. */
        RECONNECTING,
        /** There is none, and there will be none. */
        CLOSED
    }

    static LinkState connected(Session session) {
        return new LinkState(Kind.CONNECTED, session, null, 0, Instant.now());
    }

    LinkState reconnecting(Throwable cause) {
        return new LinkState(Kind.RECONNECTING, session, cause, 0, Instant.now());
    }

    LinkState attemptFailed(Throwable cause) {
        return new LinkState(kind, session, cause, attempts + 1, since);
    }

    LinkState closed(@Nullable Throwable cause) {
        return new LinkState(Kind.CLOSED, session, cause, attempts, Instant.now());
    }

    /** Returns whether there is a session. */
    public boolean isConnected() {
        return kind == Kind.CONNECTED;
    }

    /** For people: {@code RECONNECTING (2 attempts failed): cannot open /dev/ttyUSB0: no such port}. */
    @Override
    public String toString() {
        return switch (kind) {
            case CONNECTED -> kind + " to " + session.agent() + String.format(" (boot %08x)", session.bootId());
            case RECONNECTING, CLOSED ->
                kind
                        + (attempts == 0
                                ? ""
                                : " (" + attempts + (attempts == 1 ? " attempt failed)" : " attempts failed)"))
                        + (cause == null ? "" : ": " + cause.getMessage());
        };
    }
}
