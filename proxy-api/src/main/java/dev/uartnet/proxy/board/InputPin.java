package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A pin that the device reads ({@link Pins#input}). Stays one until it is opened otherwise, or the device boots. */
public final class InputPin {
    private final DeviceRequests requests;
    private final Object pin;

    InputPin(DeviceRequests requests, Object pin) {
        this.requests = requests;
        this.pin = pin;
    }

    /** Reads its level: true is high. */
    public Mono<Boolean> read() {
        return requests.request(Operation.PIN_READ, pin).map(Pins::level);
    }

    /** Tells both edges, without debouncing: {@link #edges(Edge, Duration)}. */
    public Flux<PinEdge> edges() {
        return edges(Edge.BOTH);
    }

    /** Tells these edges, without debouncing: {@link #edges(Edge, Duration)}. */
    public Flux<PinEdge> edges(Edge edge) {
        return edges(edge, Duration.ZERO);
    }

    /**
     * Tells changes of its level, taken by interrupt on the device, each with the device's time. While its subscriber asks for none, 64 edges wait on the
     * device; those for which there is no room are left out, and {@link PinEdge#lost} counts them.
     *
     * @param debounce an edge counts when its level has been stable for so long, and is told that much later, with the time of the change; zero: each counts;
     *     a device takes at most 60 s; resolution 1 us
     * @return ends with its session, by {@link dev.uartnet.proxy.LinkLostException} ({@code retry()} watches again; a device that has booted wants the pin
     *     opened first); a pin has one watch at a time
     */
    public Flux<PinEdge> edges(Edge edge, Duration debounce) {
        if (debounce.isNegative()) {
            throw new IllegalArgumentException("debounce must not be negative: " + debounce);
        }
        return requests.stream(Operation.PIN_WATCH, pin, edge.word(), TimeUnit.MICROSECONDS.convert(debounce))
                .map(PinEdge::of);
    }

    /** For people: {@code input 4}. */
    @Override
    public String toString() {
        return "input " + pin;
    }
}
