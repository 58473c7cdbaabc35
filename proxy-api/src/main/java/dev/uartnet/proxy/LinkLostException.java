package dev.uartnet.proxy;

import dev.uartnet.codec.request.RequestAbortedException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The link to the device has ended, or is down, and with it everything that went over it. {@link #mayHaveRun()} tells whether the device may
 * have done what was asked; the message says it too.
 *
 * <p>{@link #getCause()} says why: mostly a {@link dev.uartnet.codec.link.LinkException}, or the exception of the transport. A {@link ProxyClient}
 * that reconnects serves again as soon as {@link ProxyClient#states()} says so; of one that does not, another one is needed.
 */
public final class LinkLostException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveRun;

    private LinkLostException(String message, @Nullable Throwable cause, boolean mayHaveRun) {
        super(message, cause);
        this.mayHaveRun = mayHaveRun;
    }

    /** The session has ended; this is what everything under way fails with that does not know better. */
    static LinkLostException ended(String why, Throwable cause) {
        return new LinkLostException("the link to the device is lost: " + why, cause, true);
    }

    /** The session has ended with the event loop that it was on. */
    static LinkLostException loopGone(Throwable cause) {
        return ended("its event loop has shut down", cause);
    }

    /** The session has ended under a request. */
    static LinkLostException aborted(RequestAbortedException request) {
        return new LinkLostException(
                "the link to the device is lost: " + request.getMessage(), request, request.mayHaveRun());
    }

    /** There is no session, and nothing was sent. */
    static LinkLostException down(Throwable why) {
        return notRun(
                why instanceof LinkLostException ? text(why) : "the link to the device is down: " + text(why), why);
    }

    /** This host has closed the client, and nothing was sent. */
    static LinkLostException closed() {
        return notRun("this host has closed the link to the device", null);
    }

    /** This host has closed the pool, and nothing was sent. */
    static LinkLostException poolClosed() {
        return notRun("this host has closed the pool", null);
    }

    /** There was no session for as long as somebody waited, though there is one now; nothing was sent. */
    static LinkLostException late() {
        return notRun("the link to the device came back too late", null);
    }

    /** No more attempts to connect again are made. */
    static LinkLostException gaveUp(int attempts, Throwable last) {
        return ended("gave up after " + attempts + " attempts to connect again: " + text(last), last);
    }

    /** No board of a pool has a session, and nothing was sent. */
    static LinkLostException noBoard(List<PoolMemberState> boards) {
        List<Throwable> causes = boards.stream()
                .map(PoolMemberState::cause)
                .filter(Objects::nonNull)
                .toList();
        LinkLostException none = notRun(
                "no board of the pool is up: "
                        + boards.stream().map(PoolMemberState::toString).collect(Collectors.joining("; ")),
                causes.isEmpty() ? null : causes.get(0));
        causes.stream().skip(1).forEach(none::addSuppressed);
        return none;
    }

    private static LinkLostException notRun(String what, @Nullable Throwable cause) {
        return new LinkLostException(what + "; the request did not run", cause, false);
    }

    /** The same for an earlier attempt's sake: what is sure of the last one is not sure of all. */
    LinkLostException butMayHaveRun() {
        return mayHaveRun ? this : new LinkLostException(text(this) + ", but an earlier attempt may have", this, true);
    }

    /**
     * Returns the same for something that ends with its session.
     *
     * @param what begins the message
     */
    public LinkLostException ending(String what) {
        return new LinkLostException(what + ": " + text(this), this, mayHaveRun);
    }

    /** Returns what an exception says, or what it is. */
    static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /**
     * Tells whether the device may have done what was asked. {@code false} means that it has not, and never will: it may be asked again. For
     * an open connection {@code true}: what was written may or may not have arrived.
     */
    public boolean mayHaveRun() {
        return mayHaveRun;
    }
}
