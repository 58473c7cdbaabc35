package dev.uartnet.proxy.objects;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.util.context.Context;

/**
 * Items with all their str and bytes whole. While one of them is fetched, those behind it wait; demand passes through as it is, so that no generator
 * runs ahead, as it would with {@code concatMap}. Signals on the link's event loop, as its source does.
 */
final class WholeItems extends FluxOperator<Object, Object> {
    WholeItems(Flux<Object> source) {
        super(source);
    }

    @Override
    public void subscribe(CoreSubscriber<? super Object> actual) {
        source.subscribe(new Fetching(actual));
    }

    private static final class Fetching implements CoreSubscriber<Object>, Subscription {
        private final CoreSubscriber<? super Object> actual;
        private final Queue<Object> waiting = new ArrayDeque<>();
        private final Disposable.Swap fetch = Disposables.swap();
        private @Nullable Subscription source;
        private @Nullable Throwable failure;
        private boolean fetching;
        private boolean ended;
        private volatile boolean cancelled;

        Fetching(CoreSubscriber<? super Object> actual) {
            this.actual = actual;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            source = subscription;
            actual.onSubscribe(this);
        }

        @Override
        public void onNext(Object item) {
            if (fetching) {
                waiting.add(item);
            } else {
                pass(item);
            }
        }

        private void pass(Object item) {
            if (cancelled) {
                Values.dispose(item);
            } else if (LongValues.has(item)) {
                fetching = true;
                fetch.update(LongValues.fetched(item, false, Duration.ZERO).subscribe(this::fetched, this::failed));
            } else {
                actual.onNext(item);
            }
        }

        private void fetched(Object item) {
            fetching = false;
            actual.onNext(item);
            while (!fetching && !waiting.isEmpty()) {
                pass(waiting.remove());
            }
            if (ended && !fetching) {
                end();
            }
        }

        private void failed(Throwable cause) {
            cancel();
            waiting.forEach(Values::dispose);
            waiting.clear();
            actual.onError(cause);
        }

        @Override
        public void onError(Throwable cause) {
            failure = cause;
            onComplete();
        }

        @Override
        public void onComplete() {
            ended = true;
            if (!fetching) {
                end();
            }
        }

        private void end() {
            if (failure != null) {
                actual.onError(failure);
            } else {
                actual.onComplete();
            }
        }

        @Override
        public void request(long n) {
            Objects.requireNonNull(source).request(n);
        }

        @Override
        public void cancel() {
            cancelled = true;
            Objects.requireNonNull(source).cancel();
            fetch.dispose();
        }
    }
}
