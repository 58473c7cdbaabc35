package dev.uartnet.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Opens a channel for each subscriber, and emits what stands for it when it is active.
 *
 * <p>A subscription that is cancelled closes its channel whenever that happens: before, while and after the channel becomes active. So a
 * channel that was emitted to somebody who has gone meanwhile (a timeout, a dispose on another thread) is closed, too: no operator
 * would tell of it. Only a subscriber that cancels in its {@code onNext}, as {@code next()} does, has taken what it has got.
 *
 * <table>
 * <caption>states</caption>
 * <tr><th>state</th><th>event</th><th>what happens</th><th>next</th></tr>
 * <tr><td>NEW</td><td>first request</td><td>the channel opens</td><td>OPENING</td></tr>
 * <tr><td>OPENING</td><td>active</td><td>onNext, onComplete</td><td>EMITTED</td></tr>
 * <tr><td></td><td>it fails</td><td>onError</td><td>ENDED</td></tr>
 * <tr><td>OPENING, EMITTED</td><td>cancel, but not inside of onNext</td><td>the channel is reset</td><td>ENDED</td></tr>
 * </table>
 */
final class ChannelMono<T> extends Mono<T> {
    /** A channel that opens, and what stands for it. */
    record Opening<T>(ChannelFuture active, T result) {}

    private final Supplier<Opening<T>> opening;

    ChannelMono(Supplier<Opening<T>> opening) {
        this.opening = opening;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        actual.onSubscribe(new Attempt<>(opening, actual));
    }

    /** Closes a channel so that what was cut short does not look whole: a connection is reset. */
    static void reset(Channel channel) {
        if (channel instanceof ProxySocketChannel) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }

    private static final class Attempt<T> implements Subscription {
        private final Supplier<Opening<T>> opening;
        private final CoreSubscriber<? super T> actual;
        private final AtomicBoolean started = new AtomicBoolean();
        private volatile boolean cancelled;
        private volatile @Nullable Channel channel;
        private volatile @Nullable Thread emitting;

        Attempt(Supplier<Opening<T>> opening, CoreSubscriber<? super T> actual) {
            this.opening = opening;
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n) && started.compareAndSet(false, true) && !cancelled) {
                open();
            }
        }

        private void open() {
            Opening<T> opened;
            try {
                opened = opening.get();
            } catch (RuntimeException e) {
                actual.onError(e);
                return;
            }
            Channel opens = opened.active().channel();
            channel = opens;
            if (cancelled) {
                reset(opens);
            }
            if (opened.active().isDone() && !opened.active().isSuccess()) {
                // Its event loop, which would tell, may have shut down.
                if (!cancelled) {
                    actual.onError(opened.active().cause());
                }
                return;
            }
            opened.active().addListener(done -> {
                if (cancelled) {
                    reset(opens);
                } else if (done.isSuccess()) {
                    emit(opened.result());
                } else {
                    actual.onError(done.cause());
                }
            });
        }

        private void emit(T result) {
            emitting = Thread.currentThread();
            actual.onNext(result);
            emitting = null;
            actual.onComplete();
        }

        @Override
        public void cancel() {
            if (emitting == Thread.currentThread()) {
                return;
            }
            cancelled = true;
            Channel opened = channel;
            if (opened != null) {
                reset(opened);
            }
        }
    }
}
