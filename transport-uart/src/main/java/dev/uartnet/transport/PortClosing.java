package dev.uartnet.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The closing of a port on a thread of its own. As an executor, which is how Netty asks for it, it runs its one task, the rest of
 * Netty's close, on the event loop once the port is closed, or the limit has passed.
 */
final class PortClosing implements Executor {
    private static final Logger log = LoggerFactory.getLogger(PortClosing.class);
    /** A port that does not close in this time is left to its closing thread. Longer than a driver's own wait. */
    private static final long LIMIT_MILLIS = 3_500;
    /** A lost port has nothing to wait for; the channel has to be closed within a second. */
    private static final long LOST_LIMIT_MILLIS = 500;

    private final UartPort port;
    private final @Nullable PortIo io;
    private final EventLoop loop;
    private final boolean lost;
    /** Event loop only. */
    private @Nullable Runnable rest;

    PortClosing(UartPort port, @Nullable PortIo io, EventLoop loop, boolean lost) {
        this.port = port;
        this.io = io;
        this.loop = loop;
        this.lost = lost;
    }

    @Override
    public void execute(Runnable task) {
        rest = task;
        Future<?> timeout = loop.schedule(this::finish, lost ? LOST_LIMIT_MILLIS : LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        inBackground(port, io, () -> {
            try {
                loop.execute(() -> {
                    timeout.cancel(false);
                    finish();
                });
            } catch (RejectedExecutionException e) {
                // The loop has ended and has run its shutdown hook, which finished the close.
                log.debug("{}: closed after its event loop", port, e);
            }
        });
    }

    /** Does not wait any longer. Event loop only. */
    void finish() {
        Runnable task = rest;
        rest = null;
        if (task != null) {
            task.run();
        }
    }

    /** Closes the port, whose bytes nobody moves any more, and then calls {@code closed}, both on a new thread. */
    static void inBackground(UartPort port, @Nullable PortIo io, Runnable closed) {
        ControlThread.start("uart-close-" + port.name(), () -> {
            try {
                port.close();
                if (io != null) {
                    io.awaitEnd(); // a thread that is still opening may take long; it closes what it opens by itself
                }
            } catch (Throwable t) {
                log.warn("{}: closing failed", port, t);
            } finally {
                closed.run();
            }
        });
    }
}
