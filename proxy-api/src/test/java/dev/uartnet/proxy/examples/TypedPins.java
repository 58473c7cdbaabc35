package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.objects.Keyword;
import dev.uartnet.proxy.objects.RemoteName;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** MicroPython's {@code machine}, as a Java interface. */
public final class TypedPins {
    private TypedPins() {}

    /** The module; the device looks at once whether it has all that. */
    public interface Machine extends AutoCloseable {
        int OUT = 3; // Pin.OUT of an ESP32

        @RemoteName("Pin")
        Mono<Pin> pin(int id, int mode, @Keyword("value") int level);

        @RemoteName("freq")
        Mono<Integer> hertz();

        default Mono<Pin> led() {
            return pin(2, OUT, 1);
        }

        @Override
        void close();
    }

    /** Its class. */
    public interface Pin extends Disposable {
        Mono<Integer> value();

        Mono<Void> value(int level);
    }

    /** Switches the LED of the board off. */
    public static Mono<Integer> switchOff(ProxyClient device) {
        return device.objects().bind("machine", Machine.class).flatMap(machine -> machine.led()
                .flatMap(led -> led.value(0).then(led.value()))
                .doFinally(end -> machine.close()));
    }
}
