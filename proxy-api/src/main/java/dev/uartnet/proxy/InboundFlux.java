package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * What a channel reads, as a {@code Flux}: it reads only while something is asked for, so that demand reaches the device. The channel must
 * not read by itself ({@code AUTO_READ} false). Signals on the channel's event loop, and lives there.
 *
 * <p>One subscriber at a time; what was read for one that has cancelled is the next one's.
 *
 * <table>
 * <caption>states</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>IDLE</td><td>subscribe</td><td>onSubscribe</td><td>SUBSCRIBED</td></tr>
 * <tr><td></td><td>a message of an earlier read</td><td>kept</td><td>IDLE</td></tr>
 * <tr><td>SUBSCRIBED</td><td>request</td><td>what is kept is emitted; if more is wanted, a read</td><td>SUBSCRIBED</td></tr>
 * <tr><td></td><td>cancel</td><td>with {@code cancelled}: told, and what is kept goes to {@code unread}</td><td>IDLE</td></tr>
 * <tr><td></td><td>subscribe</td><td>that one fails: IllegalStateException</td><td>SUBSCRIBED</td></tr>
 * <tr><td>any</td><td>the input or the channel ends</td><td>behind what is kept, the subscriber completes or fails, and so does each later one</td><td>ENDED</td></tr>
 * </table>
 */
final class InboundFlux<T> extends Flux<T> {
    private final Function<Object, T> conversion;
    private final Consumer<T> unread;
    private final ChannelHandler handler = new Handler();

    private volatile @Nullable Channel channel;
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;

    // All below: the channel's event loop.

    private final ArrayDeque<T> kept = new ArrayDeque<>();
    private @Nullable Reader reader;
    private boolean draining;
    private boolean ended;
    private @Nullable Throwable endCause;
    private @Nullable Runnable cancelled;
    private @Nullable Runnable inputEnd;
    private boolean closeIsAnEnd;

    /**
     * @param conversion of a message, which it takes over, also where it throws: that ends the flux, and closes the channel
     * @param unread gets what nobody will take any more
     */
    InboundFlux(Function<Object, T> conversion, Consumer<T> unread) {
        this.conversion = conversion;
        this.unread = unread;
    }

    /** What happens when a subscriber cancels; default: nothing. Before the channel is active. */
    InboundFlux<T> whenCancelled(Runnable action) {
        cancelled = action;
        return this;
    }

    /** What happens when the input has ended, and the channel may still write. Before the channel is active. */
    InboundFlux<T> whenInputEnds(Runnable action) {
        inputEnd = action;
        return this;
    }

    /** A channel that was closed from here has come to its end; default: what was not received is missing. Before the channel is active. */
    InboundFlux<T> completesWhenClosed() {
        closeIsAnEnd = true;
        return this;
    }

    /** To be put into the channel's pipeline. */
    ChannelHandler handler() {
        return handler;
    }

    /** The channel, which is about to have the handler. */
    void of(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return Objects.requireNonNull(channel, "not in a pipeline yet");
    }

    /** The channel is about to be closed from here. */
    void closing() {
        closing = true;
    }

    /** Returns why the channel is closed. */
    Throwable closeCause() {
        Throwable known = failure;
        return known != null && !closing ? known : new ClosedChannelException();
    }

    /** Returns whether the input has ended; on the event loop. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        onLoop(() -> attach(actual), rejected -> Operators.error(actual, rejected));
    }

    private void onLoop(Runnable task, Consumer<RejectedExecutionException> gone) {
        EventLoop loop = channel().eventLoop();
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            gone.accept(e);
        }
    }

    private void attach(CoreSubscriber<? super T> actual) {
        if (reader != null) {
            Operators.error(actual, new IllegalStateException("somebody else receives: one subscriber at a time"));
            return;
        }
        Reader own = new Reader(actual);
        reader = own;
        actual.onSubscribe(own);
        drain();
    }

    private void detach(Reader who) {
        if (reader == who) {
            reader = null;
            if (cancelled != null) {
                cancelled.run();
                dropKept();
            }
        }
    }

    private void dropKept() {
        for (T item = kept.poll(); item != null; item = kept.poll()) {
            unread.accept(item);
        }
    }

    /** Emits what is kept and asked for; reads if that is not enough. */
    private void drain() {
        if (draining) {
            return; // called from onNext: the loop below goes on
        }
        draining = true;
        try {
            while (drainOne()) {
                // until there is no demand, or nothing to emit
            }
        } finally {
            draining = false;
        }
    }

    private boolean drainOne() {
        Reader to = reader;
        if (to == null || to.isCancelled) {
            return false;
        }
        T item = to.demand > 0 ? kept.poll() : null;
        if (item != null) {
            to.demand = to.demand == Long.MAX_VALUE ? Long.MAX_VALUE : to.demand - 1;
            to.actual.onNext(item);
            return true;
        }
        if (ended && kept.isEmpty()) {
            reader = null;
            if (endCause == null) {
                to.actual.onComplete();
            } else {
                to.actual.onError(endCause);
            }
        } else if (to.demand > 0) {
            channel().read();
        }
        return false;
    }

    private void end(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            endCause = cause;
            drain();
        }
    }

    /** One subscription. */
    private final class Reader implements Subscription {
        private final CoreSubscriber<? super T> actual;
        private volatile boolean isCancelled;
        private long demand;

        Reader(CoreSubscriber<? super T> actual) {
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n)) {
                onLoop(
                        () -> {
                            demand = Operators.addCap(demand, n);
                            drain();
                        },
                        gone -> {});
            }
        }

        @Override
        public void cancel() {
            isCancelled = true;
            onLoop(() -> detach(this), gone -> {});
        }
    }

    private final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            T item;
            try {
                item = conversion.apply(message);
            } catch (RuntimeException e) {
                end(e);
                context.close();
                return;
            }
            if (closing && cancelled != null) {
                unread.accept(item);
            } else {
                kept.add(item);
                drain();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                end(null);
                if (inputEnd != null) {
                    inputEnd.run();
                }
            }
            ReferenceCountUtil.release(event);
        }

        /** What it means is seen when the channel closes: a datagram that was not delivered ends nothing. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure = cause;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(closing && closeIsAnEnd ? null : closeCause());
            if (cancelled != null) {
                dropKept();
            }
        }
    }
}
