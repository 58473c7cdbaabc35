package dev.uartnet.transport;

import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One attempt to open a port: the thread that does it, its time limit, and the promise that waits for it. */
final class PortOpening {
    interface Listener {
        /** On the opening thread; the descriptor if the event loop is to use it, or {@link DescriptorPort#NONE}. */
        void opened(int descriptor);

        /** On the opening thread. */
        void openFailed(Throwable cause);

        /** On the event loop: the time has passed, or the promise was cancelled. */
        void givenUp(Throwable cause);
    }

    private final UartPort port;
    private final UartSettings settings;
    private final ChannelPromise promise;
    private final Listener listener;
    private @Nullable Thread opener;
    private @Nullable Future<?> timeout;
    private boolean ended;

    PortOpening(UartPort port, UartSettings settings, ChannelPromise promise, Listener listener) {
        this.port = port;
        this.settings = settings;
        this.promise = promise;
        this.listener = listener;
    }

    /** To be called on the event loop, as what follows. */
    void start(EventLoop loop, int timeoutMillis) {
        boolean byLoop = EpollLoops.contain(loop);
        opener = ControlThread.start("uart-open-" + port.name(), () -> open(byLoop));
        if (timeoutMillis > 0) {
            timeout = loop.schedule(() -> timedOut(timeoutMillis), timeoutMillis, TimeUnit.MILLISECONDS);
        }
        promise.addListener(future -> {
            if (future.isCancelled() && !ended) {
                listener.givenUp(new ClosedChannelException());
            }
        });
    }

    /** Returns the thread that opens the port, once started: it ends when that is open, or what it has opened is closed again. */
    @Nullable
    Thread opener() {
        return opener;
    }

    private void open(boolean byLoop) {
        int descriptor = DescriptorPort.NONE;
        try {
            if (byLoop && port instanceof DescriptorPort withDescriptor) {
                descriptor = withDescriptor.openWithDescriptor(settings);
            } else {
                port.open(settings);
            }
        } catch (Throwable t) {
            listener.openFailed(t);
            return;
        }
        listener.opened(descriptor);
    }

    private void timedOut(int timeoutMillis) {
        if (!ended) {
            listener.givenUp(new ConnectTimeoutException(
                    "cannot open " + port.name() + ": the driver took longer than " + timeoutMillis + " ms"));
        }
    }

    /** Whether the promise still wanted the port; false if it was cancelled. */
    boolean succeed() {
        end();
        return promise.trySuccess();
    }

    void fail(Throwable cause) {
        end();
        promise.tryFailure(cause);
    }

    private void end() {
        ended = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
    }
}
