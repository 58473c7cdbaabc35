package dev.uartnet.proxy.examples;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.objects.RemoteException;
import dev.uartnet.proxy.objects.RemoteObject;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A class of the device's Python, used from here: {@code lamp.py} on the device has a class {@code Lamp}. */
public final class PythonOnTheDevice {
    private PythonOnTheDevice() {}

    /** A property, a method with a keyword argument, what it prints, and {@code __str__}. */
    public static Mono<String> lightUp(ProxyClient device) {
        return Mono.usingWhen(
                device.objects().importModule("lamp").flatMap(module -> module.call("Lamp", "kitchen")
                        .object()),
                lamp -> lamp.set("brightness", 80)
                        .then(lamp.call("blink")
                                .keyword("times", 2)
                                .timeout(Duration.ofSeconds(5))
                                .onOutput(System.out::print)
                                .then())
                        .then(lamp.text()),
                lamp -> Mono.fromRunnable(lamp::dispose));
    }

    /** What a generator yields; it runs no further than is asked for, and is closed by the end. */
    public static Flux<Integer> levels(RemoteObject lamp) {
        return lamp.call("levels").iterate(Integer.class).take(3);
    }

    /** A Python exception has its type, arguments and traceback. */
    public static Mono<String> failure(RemoteObject lamp) {
        return lamp.call("fail")
                .as(String.class)
                .onErrorResume(RemoteException.class, raised -> Mono.just(raised.type() + "\n" + raised.traceback()));
    }
}
