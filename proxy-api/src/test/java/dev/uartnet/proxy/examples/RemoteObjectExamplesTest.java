package dev.uartnet.proxy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.esp32.objects.PythonException;
import dev.uartnet.esp32.objects.ScriptedObject;
import dev.uartnet.esp32.objects.SimulatedCall;
import dev.uartnet.esp32.objects.SimulatedObject;
import dev.uartnet.proxy.ProxyClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class RemoteObjectExamplesTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    private VirtualEsp32 esp32;
    private ProxyClient device;

    @BeforeEach
    void connect() throws IOException {
        esp32 = VirtualEsp32.builder()
                .module(
                        "lamp",
                        ScriptedObject.module("lamp")
                                .type("Lamp", RemoteObjectExamplesTest::lamp)
                                .build())
                .module(
                        "machine",
                        ScriptedObject.module("machine")
                                .type("Pin", RemoteObjectExamplesTest::pin)
                                .method("freq", call -> 160_000_000L)
                                .build())
                .build();
        device = get(ProxyClient.connect(esp32.servePty()));
    }

    @AfterEach
    void close() {
        device.close().block(WAIT);
        esp32.close();
    }

    private static SimulatedObject lamp(SimulatedCall constructor) {
        String name = constructor.argument(0, "name", String.class);
        AtomicLong brightness = new AtomicLong();
        return ScriptedObject.ofType("Lamp")
                .attribute("brightness", brightness::get, value -> brightness.set((Long) value))
                .method("blink", call -> {
                    call.println("blinks " + call.argument(0, "times", Long.class) + " times");
                    return null;
                })
                .method("levels", call -> LongStream.iterate(10, level -> level * 2)
                        .iterator())
                .method("fail", call -> {
                    throw PythonException.of("ValueError", "burnt out");
                })
                .str(() -> name + " at " + brightness)
                .build();
    }

    private static SimulatedObject pin(SimulatedCall constructor) {
        AtomicLong level = new AtomicLong(constructor.argument(2, "value", Long.class));
        return ScriptedObject.ofType("Pin")
                .method("value", call -> {
                    level.set(call.argument(0, "x", Long.class, level.get()));
                    return level.get();
                })
                .build();
    }

    private static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(WAIT));
    }

    @Test
    void usesAClassOfTheDevice() {
        LampExample.run(device);
    }

    @Test
    void switchesAPinByAnInterface() {
        assertThat(get(TypedPins.switchOff(device))).isZero();
    }
}
