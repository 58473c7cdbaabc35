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
    /** A thread that is still opening has mostly done so by then; one whose driver takes longer is left to itself. */
    private static final long OPENER_LIMIT_MILLIS = 300;

    private final UartPort port;
    private final @Nullable PortIo io;
    private final @Nullable Thread opener;
    private final EventLoop loop;
    private final boolean lost;
    /** Event loop only. */
    private @Nullable Runnable rest;

    /** @param opener the thread that may still be opening the port */
    PortClosing(UartPort port, @Nullable PortIo io, @Nullable Thread opener, EventLoop loop, boolean lost) {
        this.port = port;
        this.io = io;
        this.opener = opener;
        this.loop = loop;
        this.lost = lost;
    }

    @Override
    public void execute(Runnable task) {
        rest = task;
        Future<?> timeout = loop.schedule(this::finish, lost ? LOST_LIMIT_MILLIS : LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        inBackground(port, io, opener, () -> {
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
    static void inBackground(UartPort port, @Nullable PortIo io, @Nullable Thread opener, Runnable closed) {
        ControlThread.start("uart-close-" + port.name(), () -> {
            try {
                port.close();
                if (io != null) {
                    io.awaitEnd();
                } else if (opener != null) {
                    opener.join(OPENER_LIMIT_MILLIS); // it closes what it opens by itself
                }
            } catch (Throwable t) {
                log.warn("{}: closing failed", port, t);
            } finally {
                closed.run();
            }
        });
    }
}
