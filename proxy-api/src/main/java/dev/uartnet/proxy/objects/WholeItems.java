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
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Items with all their str and bytes whole. While one of them is fetched, those behind it wait. Signals on the link's event loop, as its source does.
 *
 * <p>What waits is held by the device, whose memory is small: it is allowed a few items at first, one more with each that is whole already, and few again
 * when one is not. No generator runs further than its subscriber has asked for.
 */
final class WholeItems extends FluxOperator<Object, Object> {
    private static final int WINDOW_MIN = 4;
    private static final int WINDOW_MAX = 256;

    private final ObjectSession session;

    WholeItems(ObjectSession session, Flux<Object> source) {
        super(source);
        this.session = session;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Object> actual) {
        source.subscribe(new Fetching(session, actual));
    }

    private static final class Fetching implements CoreSubscriber<Object>, Subscription {
        private final ObjectSession session;
        private final CoreSubscriber<? super Object> actual;
        private final Queue<Object> waiting = new ArrayDeque<>();
        private final Disposable.Swap fetch = Disposables.swap();
        private @Nullable Subscription source;
        private @Nullable Throwable failure;
        /** What the subscriber has asked for, and the source not been asked for. */
        private long wanted;
        /** What the source has been asked for and not given. */
        private int asked;

        private int window = WINDOW_MIN;
        private boolean fetching;
        private boolean ended;
        private volatile boolean cancelled;

        Fetching(ObjectSession session, CoreSubscriber<? super Object> actual) {
            this.session = session;
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
            asked--;
            if (fetching) {
                waiting.add(item);
            } else {
                pass(item);
                ask();
            }
        }

        private void pass(Object item) {
            if (cancelled) {
                Values.dispose(item);
            } else if (LongValues.has(item)) {
                fetching = true;
                window = WINDOW_MIN;
                fetch.update(LongValues.fetched(item, false, Duration.ZERO).subscribe(this::fetched, this::failed));
            } else {
                window = Math.min(WINDOW_MAX, window + 1);
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
            ask();
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
            session.execute(() -> {
                wanted = Operators.addCap(wanted, n);
                ask();
            });
        }

        private void ask() {
            int more = (int) Math.min(wanted, window - asked);
            if (more > 0 && !fetching && !ended && asked <= window / 2) {
                asked += more;
                wanted -= wanted == Long.MAX_VALUE ? 0 : more;
                Objects.requireNonNull(source).request(more);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            Objects.requireNonNull(source).cancel();
            fetch.dispose();
        }
    }
}
