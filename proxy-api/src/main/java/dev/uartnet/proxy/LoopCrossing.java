package dev.uartnet.proxy;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * Both directions of the hop between a proxied socket's event loop and the link's. Down, a task for the link's loop each; up, a queue that one
 * task of the socket's loop empties, so that a burst of frames costs one wake-up. Each direction keeps its order.
 */
final class LoopCrossing {
    /** The socket's end. */
    interface Socket {
        /** Something came up that is no task: takes it over. On the socket's loop. */
        void received(Object message);

        /** Something came up and cannot be delivered, as the socket's loop is gone, or never was: undoes it. On any thread, once. */
        void dropped(Object message);

        /** What has come up so far is delivered. On the socket's loop. */
        void delivered();

        /** The link's loop has shut down, the link with it. On the socket's loop. */
        void linkLoopGone(LinkLostException cause);

        /** The socket's loop has shut down without closing it: what belongs to the link has to go. On the link's loop; perhaps again. */
        void socketLoopGone();
    }

    /** A burst of frames fits into one array of the queue. */
    private static final int EVENTS = 64;

    private final ChannelMultiplexer multiplexer;
    private final Supplier<EventLoop> socketLoop;
    private final Socket socket;
    /** Messages and tasks. One producer, the link's loop; one consumer, who has set {@link #scheduled}. */
    private final Queue<Object> events = Queues.unbounded(EVENTS).get();

    private final Runnable delivery = this::deliver;

    /** The link's loop has rejected a task: still to be told. */
    private volatile @Nullable LinkLostException linkLoopGone;

    /**
     * Whether what came up is being delivered, or about to be. Always written as it is read ({@code getAndSet}): the queue publishes an element by an
     * ordered store, so a consumer that has ended, and a producer that counts on it, meet here.
     */
    private final AtomicBoolean scheduled;

    /** The socket has no loop yet: what came up waits, {@link #scheduled} meanwhile. */
    private volatile boolean held;

    private LoopCrossing(ChannelMultiplexer multiplexer, Supplier<EventLoop> socketLoop, Socket socket, boolean held) {
        this.multiplexer = multiplexer;
        this.socketLoop = socketLoop;
        this.socket = socket;
        this.held = held;
        scheduled = new AtomicBoolean(held);
    }

    /** A crossing for a socket that has its loop. */
    LoopCrossing(ChannelMultiplexer multiplexer, Supplier<EventLoop> socketLoop, Socket socket) {
        this(multiplexer, socketLoop, socket, false);
    }

    /** A crossing for a socket that is not registered yet: what comes up waits until {@link #socketRegistered}. */
    static LoopCrossing held(ChannelMultiplexer multiplexer, Supplier<EventLoop> socketLoop, Socket socket) {
        return new LoopCrossing(multiplexer, socketLoop, socket, true);
    }

    /** The socket has its loop now. */
    void socketRegistered() {
        if (held) {
            held = false;
            schedule();
        }
    }

    /** The socket is closed without a loop. If it never had one, nothing may come up any more; else its old one still delivers. */
    void socketUnregistered() {
        if (held) {
            drop();
        }
    }

    private void drop() {
        for (Object event = events.poll(); event != null; event = events.poll()) {
            if (!(event instanceof Runnable)) {
                socket.dropped(event);
            }
        }
    }

    /** Tells when the link's loop runs no more tasks; once it rejects them. */
    void onLinkLoopTerminated(Runnable task) {
        multiplexer.context().executor().terminationFuture().addListener(terminated -> task.run());
    }

    /** Runs a task on the link's loop. Returns false if that is gone. From the socket's loop. */
    boolean down(Runnable task) {
        try {
            onLinkLoop(task);
            return true;
        } catch (RejectedExecutionException e) {
            // Not by the queue: the link's loop, its one producer, may be running its last tasks.
            linkLoopGone = LinkLostException.loopGone(e);
            deliverSoon();
            return false;
        }
    }

    private void onLinkLoop(Runnable task) {
        var loop = multiplexer.context().executor();
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Runs a task on the socket's loop, behind all that came up before it. */
    void up(Runnable task) {
        post(task);
    }

    /** Hands something over to {@link Socket#received} likewise. */
    void upMessage(Object message) {
        post(message);
    }

    private void post(Object event) {
        events.add(event);
        deliverSoon();
    }

    private void deliverSoon() {
        if (!scheduled.getAndSet(true)) {
            schedule();
        }
    }

    private void schedule() {
        try {
            socketLoop.get().execute(delivery);
        } catch (RejectedExecutionException e) {
            linkLoopGone = null;
            drop();
            delivered();
            tellLinkLoop();
        }
    }

    /** Nobody delivers any more, until there is something again. */
    private void delivered() {
        scheduled.getAndSet(false);
        if (!events.isEmpty() || linkLoopGone != null) {
            deliverSoon();
        }
    }

    /** The socket's loop has rejected a task: the link's, or one of its own last ones. */
    private void tellLinkLoop() {
        try {
            onLinkLoop(socket::socketLoopGone);
        } catch (RejectedExecutionException e) {
            // Both are gone. The link has ended with its loop, and let go of all that belonged to it.
        }
    }

    private void deliver() {
        try {
            for (Object event = events.poll(); event != null; event = events.poll()) {
                if (event instanceof Runnable task) {
                    task.run();
                } else {
                    socket.received(event);
                }
            }
            LinkLostException lost = linkLoopGone;
            if (lost != null) {
                linkLoopGone = null;
                socket.linkLoopGone(lost);
            }
            socket.delivered();
        } finally {
            delivered();
        }
    }
}
