package dev.uartnet.proxy;

import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHandler;
import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.RoundTripHistogram;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The health of a client: the sum of its links that have ended, and the one that lives, if any. May be used from any thread.
 */
final class LinkHealthSource {
    /** What is known without asking an event loop. */
    private record Known(LinkCounters counters, RoundTripHistogram roundTrips, @Nullable LinkHandler live) {
        Known plus(LinkHealth health) {
            return new Known(counters.plus(health.counters()), roundTrips.plus(health.roundTrips()), null);
        }
    }

    private final long startNanos = System.nanoTime();
    private final AtomicReference<Known> known =
            new AtomicReference<>(new Known(LinkCounters.NONE, RoundTripHistogram.NONE, null));

    /** A connection is to be counted from now on; the one before it, if any, has ended. */
    void watch(Connection connection) {
        started(connection.link());
        connection.onEnd(cause -> ended(connection.link()));
    }

    void started(LinkHandler link) {
        known.updateAndGet(past -> new Known(past.counters, past.roundTrips, link));
    }

    /** A link has ended: what it has counted stays. */
    void ended(LinkHandler link) {
        LinkHealth last = link.health();
        known.updateAndGet(past -> link.equals(past.live) ? past.plus(last) : past);
    }

    Mono<LinkHealth> snapshot() {
        return Mono.create(this::read);
    }

    private void read(MonoSink<LinkHealth> sink) {
        Known asked = known.get();
        LinkHandler live = asked.live;
        if (live == null) {
            sink.success(health(asked, null));
            return;
        }
        Future<LinkHealth> reading;
        try {
            reading = live.readHealth();
        } catch (RejectedExecutionException loopEnded) {
            sink.success(health(asked, null));
            return;
        }
        reading.addListener((Future<LinkHealth> done) -> {
            if (asked != known.get()) {
                read(sink); // the link has ended meanwhile
            } else if (done.isSuccess()) {
                sink.success(health(asked.plus(done.getNow()), done.getNow()));
            } else {
                sink.error(done.cause());
            }
        });
    }

    private LinkHealth health(Known all, @Nullable LinkHealth live) {
        return new LinkHealth(
                Duration.ofNanos(System.nanoTime() - startNanos),
                live != null && live.established(),
                live == null ? 0 : live.queued(),
                all.counters,
                all.roundTrips);
    }

    /** See {@link ProxyClient#health(Duration)}. */
    Flux<LinkHealth> every(Duration interval, Mono<Void> end) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("the interval must be positive: " + interval);
        }
        return Flux.interval(Duration.ZERO, interval)
                .onBackpressureDrop()
                .concatMap(tick -> snapshot(), 0)
                .takeUntilOther(end.onErrorComplete())
                .onBackpressureLatest()
                .concatWith(snapshot());
    }
}
