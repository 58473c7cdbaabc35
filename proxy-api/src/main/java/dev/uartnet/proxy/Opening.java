package dev.uartnet.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * One attempt of a socket to get a channel of a device: in the present session, or in another one where that is wanted, and within
 * the time that it has for all of it. On the socket's event loop; over when {@link Socket#openFailed} was called, or {@link #end}.
 */
final class Opening {
    /** What is to be opened. */
    interface Socket {
        /**
         * Asks a session for it. If that ends first, {@link Opening#lost} has to be told.
         *
         * @param left for the device's answer; zero: any time
         */
        void openIn(ChannelMultiplexer session, Duration left);

        /** There will be nothing. */
        void openFailed(Throwable cause);

        /** What the device's silence means. */
        Throwable timedOut(int millis);
    }

    private final Sessions sessions;
    private final EventLoop loop;
    private final Socket socket;
    private final int timeoutMillis;
    private final long deadline;
    private final @Nullable Future<?> timeout;
    /** For a session. */
    private @Nullable Disposable waiting;
    /** The session that was asked last. */
    private @Nullable Connection connection;

    private final List<Sessions.Refusal> refusals = new ArrayList<>(0);
    private boolean over;

    /** @param timeoutMillis 0: until the client is closed */
    Opening(Sessions sessions, EventLoop loop, int timeoutMillis, Socket socket) {
        this.sessions = sessions;
        this.loop = loop;
        this.socket = socket;
        this.timeoutMillis = timeoutMillis;
        deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        timeout = timeoutMillis > 0 ? loop.schedule(this::timedOut, timeoutMillis, TimeUnit.MILLISECONDS) : null;
    }

    void start() {
        openIn(sessions.connection());
    }

    private void openIn(Mono<Connection> session) {
        connection = null;
        waiting =
                session.subscribe(connection -> onLoop(() -> openIn(connection)), cause -> onLoop(() -> failed(cause)));
    }

    private void openIn(Connection offered) {
        if (over) {
            return;
        }
        Connection connection = sessions.settle(offered, refusals);
        this.connection = connection;
        Duration left = timeoutMillis == 0
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadline - System.nanoTime()));
        socket.openIn(connection.multiplexer(), left);
    }

    /** The session that was asked has failed it: another one is, if that can do no harm and is wanted. */
    void failed(Throwable cause) {
        if (over) {
            return;
        }
        Connection asked = connection;
        if (asked == null) {
            end();
            socket.openFailed(cause);
            return;
        }
        refusals.add(new Sessions.Refusal(asked, cause));
        Mono<Connection> instead = sessions.instead(refusals);
        if (instead != null) {
            openIn(instead);
        } else {
            end();
            socket.openFailed(sessions.failure(refusals));
        }
    }

    private void timedOut() {
        if (!over) {
            Throwable cause = connection == null ? sessions.refusal() : socket.timedOut(timeoutMillis);
            end();
            socket.openFailed(cause);
        }
    }

    /** It was opened, or is no longer wanted. */
    void end() {
        over = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
        Disposable waiting = this.waiting;
        if (waiting != null) {
            waiting.dispose();
        }
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
