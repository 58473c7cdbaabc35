package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import reactor.core.publisher.Mono;

/**
 * A pin that the device drives ({@link Pins#output}, {@link Pins#openDrain}). Keeps its level when the session ends; stays an output until it is opened
 * otherwise, or the device boots.
 */
public final class OutputPin {
    private final DeviceRequests requests;
    private final Object pin;

    OutputPin(DeviceRequests requests, Object pin) {
        this.requests = requests;
        this.pin = pin;
    }

    /** Drives it high (true; an open drain: lets go of it) or low. */
    public Mono<Void> write(boolean level) {
        return requests.request(Operation.PIN_WRITE, pin, level ? 1 : 0).then();
    }

    /** As {@code write(true)}. */
    public Mono<Void> high() {
        return write(true);
    }

    /** As {@code write(false)}. */
    public Mono<Void> low() {
        return write(false);
    }

    /** Reads its level: true is high. An open drain that has been let go of has what others drive it to. */
    public Mono<Boolean> read() {
        return requests.request(Operation.PIN_READ, pin).map(Pins::level);
    }

    /** For people: {@code output 2}. */
    @Override
    public String toString() {
        return "output " + pin;
    }
}
