package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.proxy.objects.RemoteObject;
import dev.uartnet.proxy.objects.RemoteObjects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What travels to and from a device with the module {@code demo}. Each test leaves the device as it was. */
abstract class RemoteValuePrograms {
    RemoteObject demo;

    abstract ProxyClient client();

    @BeforeEach
    void importDemo() {
        demo = get(client().objects().importModule("demo"));
    }

    @AfterEach
    void nothingIsLeftOnTheDevice() {
        demo.close();
        awaitHeld(client(), 0);
    }

    static <T> T get(Mono<T> mono) {
        return TestLine.get(mono);
    }

    static void awaitHeld(ProxyClient client, long objects) {
        client.objects()
                .list()
                .count()
                .filter(count -> count == objects)
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(5)))
                .block(TestLine.WAIT);
    }

    RemoteObject lamp(String name) {
        return get(demo.call("Lamp", name).object());
    }

    @Test
    void valuesComeBackAsTheyWereSent() {
        byte[] bytes = {1, 2, -1};
        for (Object value : List.of(
                true,
                7L,
                -1L,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                1.5,
                "h\u00e9",
                List.of(1L, List.of("x")),
                Map.of("k", 2L))) {
            assertThat(get(demo.call("same", value).result())).isEqualTo(value);
        }
        assertThat(get(demo.call("same", (Object) bytes).as(byte[].class))).isEqualTo(bytes);
        assertThat(demo.call("same", new Object[] {null}).result().blockOptional(TestLine.WAIT))
                .isEmpty();
        assertThat(demo.call("same", RemoteObjects.NONE).result().blockOptional(TestLine.WAIT))
                .isEmpty();
        assertThat((List<?>) get(demo.call("mixed").as(List.class))).isEqualTo(Arrays.asList(1L, null, "x"));
    }

    @Test
    void arraysCollectionsAndOptionalsAreListsAndValues() {
        assertThat(get(demo.call("arguments", new int[] {1, 2}, Optional.of("x"), Optional.empty(), 'c', (byte) 3, 1.5f)
                        .keyword("more", new ArrayList<>(List.of(true)))
                        .keyword("more", Flux.just(1).collectList().block())
                        .result()))
                .isEqualTo(
                        List.of(Arrays.asList(List.of(1L, 2L), "x", null, "c", 3L, 1.5), Map.of("more", List.of(1L))));
    }

    @Test
    void whatCannotTravelIsRefusedAtOnce() {
        assertThatThrownBy(() -> demo.call("same", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a java.time.Duration cannot travel to the device");
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThatThrownBy(() -> demo.call("same", endless)).hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> client().objects().exec("x = 1").keyword("x", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("only a call has keyword arguments, this is an execution of 'x = 1'");
    }

    @Test
    void anotherKindOfResultIsAnErrorThatSaysWhich() {
        assertThatThrownBy(() -> get(demo.call("same", "x").as(Integer.class)))
                .isInstanceOf(ClassCastException.class)
                .hasMessage("the call of 'demo.same' resulted in the str x, which is no Integer");
        assertThatThrownBy(() -> get(demo.call("same", 1L << 40).as(int.class)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("1099511627776, which is out of the range of Integer");
        assertThatThrownBy(() -> demo.call("same", 1).as(Duration.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a result of the device cannot be had as java.time.Duration");
        assertThatThrownBy(() -> get(demo.call("Lamp", "x").as(String.class)))
                .isInstanceOf(ClassCastException.class)
                .hasMessageContaining("resulted in an object of type Lamp");
        assertThat(get(demo.call("same", 3).as(Double.class))).isEqualTo(3.0);
        assertThat(get(demo.call("same", 3).as(short.class))).isEqualTo((short) 3);
        assertThat(get(demo.call("same", 1.5).as(Float.class))).isEqualTo(1.5f);
    }

    @Test
    void textAndBytesLongerThanAFrameComeWhole() {
        assertThat(get(demo.call("text", 5000).as(String.class))).isEqualTo("\u00e9".repeat(5000));
        assertThat(get(demo.call("content", 5000).result()))
                .isInstanceOfSatisfying(
                        byte[].class, bytes -> assertThat(bytes).hasSize(5000).startsWith(0, 1, 2));
        assertThat(get(demo.call("array", 3).as(byte[].class))).isEqualTo(new byte[3]);
    }

    @Test
    void listsAndMapsLongerThanAFrameComeWholeWhenAskedFor() {
        List<?> all = get(demo.call("row", 2000).as(List.class));
        Map<?, ?> table = get(demo.call("table", 500).as(Map.class));
        assertThat(all).isEqualTo(LongStream.range(0, 2000).boxed().toList());
        assertThat(table).hasSize(500);
        assertThat(table.get(499L)).isEqualTo("499");
        try (RemoteObject row = (RemoteObject) get(demo.call("row", 2000).result())) {
            assertThat(row.type()).isEqualTo("list");
            assertThat(get(row.getItem(1999))).isEqualTo(1999L);
        }
    }

    @Test
    void longArgumentsArrive() {
        String text = "x".repeat(3000);
        try (RemoteObject lamp = lamp(text)) {
            assertThat(get(lamp.get("name", String.class))).isEqualTo(text);
        }
    }
}
