package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.board.Edge;
import dev.uartnet.proxy.board.OutputPin;
import dev.uartnet.proxy.board.PinEdge;
import dev.uartnet.proxy.board.Pull;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** A button between GPIO4 and ground switches an LED at GPIO2: on while it is pressed. */
final class Doorbell {
    private Doorbell() {}

    static Flux<PinEdge> presses(ProxyClient device) {
        return device.pins()
                .output(2, false)
                .flatMapMany(led -> device.pins()
                        .input(4, Pull.UP)
                        .flatMapMany(button -> button.edges(Edge.BOTH, Duration.ofMillis(20)))
                        .concatMap(edge -> show(led, edge)))
                .filter(edge -> !edge.level());
    }

    private static Flux<PinEdge> show(OutputPin led, PinEdge edge) {
        return led.write(!edge.level()).thenMany(Flux.just(edge));
    }
}
