package dev.uartnet.proxy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a board of a {@link ProxyPool} stands.
 *
 * @param name the board's name in the pool: its port, or what it was called
 * @param kind whether it gets new sockets
 * @param cause why it does not: the link's end at first, then the failure of the last attempt to connect; null if it does, before the first
 *     attempt has ended, and if this host has closed it
 * @param attempts how many attempts to connect have failed since it was lost, or since the pool was started
 * @param since when it became of this kind
 */
public record PoolMemberState(String name, Kind kind, @Nullable Throwable cause, int attempts, Instant since) {
    /** Whether a board gets new sockets. */
    public enum Kind {
        /** It has not been connected to yet; it is tried again and again. */
        CONNECTING,
        /** It has a session, and gets new sockets. */
        UP,
        /** Its session has ended; it is tried again and again. */
        DOWN,
        /** It is out of the pool for good: this host has closed its client, or its {@code Retry} has given up. */
        CLOSED
    }

    static PoolMemberState connecting(String name) {
        return new PoolMemberState(name, Kind.CONNECTING, null, 0, Instant.now());
    }

    static PoolMemberState of(String name, LinkState link) {
        Kind kind =
                switch (link.kind()) {
                    case CONNECTED -> Kind.UP;
                    case RECONNECTING -> Kind.DOWN;
                    case CLOSED -> Kind.CLOSED;
                };
        return new PoolMemberState(name, kind, link.cause(), link.attempts(), link.since());
    }

    PoolMemberState attemptFailed(Throwable failure) {
        return new PoolMemberState(name, kind, failure, attempts + 1, since);
    }

    PoolMemberState closed(@Nullable Throwable why) {
        return new PoolMemberState(name, Kind.CLOSED, why, attempts, Instant.now());
    }

    /** Returns whether it gets new sockets. */
    public boolean isUp() {
        return kind == Kind.UP;
    }

    /** For people: {@code /dev/ttyUSB1 is DOWN (2 attempts failed): cannot open /dev/ttyUSB1: no such port}. */
    @Override
    public String toString() {
        String failed =
                attempts == 0 ? "" : " (" + attempts + (attempts == 1 ? " attempt failed)" : " attempts failed)");
        return name + " is " + kind + failed + (cause == null ? "" : ": " + LinkLostException.text(cause));
    }
}
