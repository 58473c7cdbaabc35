package dev.uartnet.proxy.objects;

import dev.uartnet.codec.request.RequestListener;
import dev.uartnet.codec.request.RequestTimeoutException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * One request, sent with each subscription when something is asked for; emits its first result, if that is not nil. Its states: see the package.
 *
 * <p>Whoever cancels before the value is emitted gets none, and what it holds is released: one flag decides, whatever the threads.
 */
final class ObjectRequest extends Mono<Object> {
    private final ObjectSession session;
    private final ObjectOperation operation;

    ObjectRequest(ObjectSession session, ObjectOperation operation) {
        this.session = session;
        this.operation = operation;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Object> actual) {
        actual.onSubscribe(new Execution(session, operation, actual));
    }

    private static final class Execution implements Subscription, RequestListener, RequestGate.Entrant {
        private static final int NEW = 0;
        private static final int ASKED = 1;
        private static final int OVER = 2;

        private final ObjectSession session;
        private final ObjectOperation operation;
        private final CoreSubscriber<? super Object> actual;
        private final AtomicInteger state = new AtomicInteger(NEW);

        // On the event loop.
        private List<Lease> used = List.of();
        private boolean entered;
        private boolean left;
        private long start;
        private @Nullable Future<?> timer;
        private @Nullable Disposable sent;

        Execution(ObjectSession session, ObjectOperation operation, CoreSubscriber<? super Object> actual) {
            this.session = session;
            this.operation = operation;
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n) && state.compareAndSet(NEW, ASKED)) {
                // Without an event loop the request itself says what has become of the link.
                session.executeOr(this::begin, this::send);
            }
        }

        private void begin() {
            if (state.get() == OVER) {
                return;
            }
            try {
                used = operation.use(session);
            } catch (RuntimeException e) {
                fail(e);
                return;
            }
            start = System.nanoTime();
            session.gate().enter(this);
            Duration limit = operation.limit();
            if (!entered && !limit.isZero()) {
                timer = session.requests()
                        .executor()
                        .schedule(
                                () -> fail(new RequestTimeoutException(limit)),
                                Math.max(1, limit.toNanos()),
                                TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void entered() {
            entered = true;
            stopTimer();
            send();
        }

        private void send() {
            Disposable request = session.requests()
                    .request(timeLeft(), this, operation.number(), operation.encoded())
                    .subscribe(this::answered, this::fail);
            sent = request;
        }

        private Duration timeLeft() {
            Duration limit = operation.limit();
            if (limit.isZero() || start == 0) {
                return limit;
            }
            Duration rest = limit.minusNanos(System.nanoTime() - start);
            return rest.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : rest;
        }

        @Override
        public void output(String text) {
            if (state.get() != OVER) {
                operation.output().accept(text);
            }
        }

        @Override
        public void unwanted(@Nullable Object value) {
            session.discard(value);
        }

        private void answered(List<@Nullable Object> results) {
            Object result = results.isEmpty() ? null : results.get(0);
            if (!state.compareAndSet(ASKED, OVER)) {
                session.discard(result);
                leave();
                return;
            }
            leave();
            if (result != null) {
                actual.onNext(Values.decoded(session, result));
            }
            actual.onComplete();
        }

        private void fail(Throwable failure) {
            boolean first = state.compareAndSet(ASKED, OVER);
            leave();
            if (first) {
                actual.onError(RemoteFailures.of(failure, operation));
            }
        }

        @Override
        public void cancel() {
            if (state.getAndSet(OVER) == ASKED) {
                session.execute(this::abandon);
            }
        }

        private void abandon() {
            Disposable request = sent;
            if (request != null) {
                request.dispose();
            }
            leave();
        }

        /** Gives back its place and its objects, once. */
        private void leave() {
            if (left) {
                return;
            }
            left = true;
            stopTimer();
            used.forEach(Lease::unused);
            if (entered) {
                session.gate().leave();
            } else {
                session.gate().withdraw(this);
            }
        }

        private void stopTimer() {
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
