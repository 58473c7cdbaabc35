package dev.uartnet.proxy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.objects.RemoteObject;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** {@link PythonOnTheDevice} with any device that has {@code lamp}. */
public final class LampExample {
    private static final Duration WAIT = Duration.ofSeconds(20);

    private LampExample() {}

    /** Runs it. */
    public static void run(ProxyClient device) {
        assertThat(get(PythonOnTheDevice.lightUp(device))).isEqualTo("kitchen at 80");
        try (RemoteObject module = get(device.objects().importModule("lamp"));
                RemoteObject lamp = get(module.call("Lamp", "hall").object())) {
            assertThat(get(PythonOnTheDevice.levels(lamp).collectList())).containsExactly(10, 20, 40);
            assertThat(get(PythonOnTheDevice.failure(lamp)))
                    .startsWith("ValueError\n")
                    .contains("burnt out");
        }
    }

    private static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(WAIT));
    }
}
