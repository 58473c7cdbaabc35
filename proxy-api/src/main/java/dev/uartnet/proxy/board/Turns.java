package dev.uartnet.proxy.board;

import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Does one thing at a time, in the order of subscription. */
final class Turns {
    /** Completes when the last one that has subscribed is over. */
    private final AtomicReference<Mono<Void>> last = new AtomicReference<>(Mono.empty());

    /** Returns the same, but it begins when all that subscribed before it are over. */
    <T> Mono<T> inTurn(Mono<T> work) {
        return Mono.defer(() -> {
            Sinks.Empty<Void> over = Sinks.empty();
            Mono<Void> before = last.getAndSet(over.asMono());
            // Who does not wait for its turn any more does not end the turn of the one before.
            return before.then(work).doFinally(end -> before.subscribe(nothing -> {}, never -> {}, over::tryEmitEmpty));
        });
    }
}
