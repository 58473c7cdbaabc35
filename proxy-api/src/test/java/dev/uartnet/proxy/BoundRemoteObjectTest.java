package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.proxy.objects.Keyword;
import dev.uartnet.proxy.objects.RemoteCall;
import dev.uartnet.proxy.objects.RemoteName;
import dev.uartnet.proxy.objects.RemoteObject;
import dev.uartnet.proxy.objects.RemoteProperty;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Java interfaces that stand for objects of the device. */
class BoundRemoteObjectTest {
    private TestLine line;

    interface Demo extends AutoCloseable {
        int STEPS = 3;

        @RemoteName("Lamp")
        Mono<Lamp> lamp(String name, @Keyword("brightness") @Nullable Integer brightness);

        Mono<Object> same(Object value);

        @RemoteName("import")
        Mono<Integer> imported(int value);

        Mono<List<Object>> arguments(Object... values);

        @RemoteName("count")
        Flux<Integer> numbers(int n);

        Flux<Lamp> lamps(int n);

        RemoteCall text(int n);

        @RemoteProperty
        Mono<Map<String, Long>> notes();

        @RemoteProperty
        @RemoteName("numbers")
        Mono<RemoteObject> list();

        default Mono<Long> sum() {
            return numbers(STEPS + 1).reduce(0L, Long::sum);
        }

        @Override
        void close();
    }

    interface Lamp extends Disposable {
        @RemoteProperty
        Mono<Integer> brightness();

        @RemoteProperty
        @RemoteName("brightness")
        Mono<Void> brightness(int value);

        Mono<Void> blink(@Keyword("times") int times);

        Mono<Lamp> copy();

        Mono<Void> fail();
    }

    @BeforeEach
    void open() throws IOException {
        DemoModule module = new DemoModule();
        line = TestLine.open(device -> device.module("demo", module.module()));
    }

    @AfterEach
    void close() {
        line.close();
    }

    private Demo demo() {
        return TestLine.get(line.client.objects().bind("demo", Demo.class));
    }

    private static <T> T get(Mono<T> mono) {
        return TestLine.get(mono);
    }

    @Test
    void aModuleAndItsClassAreBound() {
        try (Demo demo = demo()) {
            Lamp lamp = get(demo.lamp("kitchen", 20));
            assertThat(get(lamp.brightness())).isEqualTo(20);
            lamp.brightness(30).block(TestLine.WAIT);
            Integer copied = get(lamp.copy().flatMap(Lamp::brightness));
            assertThat(copied).isEqualTo(30);
            lamp.blink(2).block(TestLine.WAIT);
            assertThat(get(get(demo.lamp("kitchen", null)).brightness())).isEqualTo(10);
            StepVerifier.create(lamp.fail())
                    .expectErrorMessage("ValueError: burnt out, 7 (in call of 'Lamp.fail')")
                    .verify(TestLine.WAIT);
            lamp.dispose();
            assertThat(lamp.isDisposed()).isTrue();
        }
    }

    @Test
    void namesArgumentsAndResultsAreMapped() {
        Demo demo = demo();
        assertThat(get(demo.imported(1))).isEqualTo(2);
        assertThat(get(demo.arguments("a", 1, null))).hasToString("[[a, 1, null], {}]");
        assertThat(get(demo.arguments())).hasToString("[[], {}]");
        assertThat(get(demo.numbers(4).collectList())).containsExactly(0, 1, 2, 3);
        assertThat(get(demo.sum())).isEqualTo(6);
        assertThat(get(demo.lamps(3).flatMap(Lamp::brightness).collectList())).containsExactly(10, 10, 10);
        assertThat(get(demo.text(3).timeout(Duration.ofSeconds(5)).as(String.class)))
                .hasSize(3);
        assertThat(get(demo.notes())).isEqualTo(Map.of("one", 1L));
        assertThat(get(demo.list()).type()).isEqualTo("list");
    }

    @Test
    void aBoundObjectIsAnArgumentItself() {
        Demo demo = demo();
        Lamp lamp = get(demo.lamp("kitchen", 20));
        RemoteObject same = (RemoteObject) get(demo.same(lamp));
        assertThat(get(same.get("brightness"))).isEqualTo(20L);
    }

    @Test
    void whatEveryObjectHasIsAnsweredHere() {
        Demo demo = demo();
        Demo other = demo();
        assertThat(Set.of(demo)).contains(demo).doesNotContain(other);
        assertThat(demo.toString()).startsWith("Demo[demo (module), object ");
        demo.close();
        other.close();
        RemoteObjectPrograms.awaitHeld(line.client, 0);
    }

    @Test
    void lookingForTheMethodsLeavesNothingOnTheDevice() {
        Demo demo = demo();
        RemoteObjectPrograms.awaitHeld(line.client, 1);
        demo.close();
    }

    // ---- what cannot be bound

    interface Missing {
        Mono<Object> same(Object value);

        Mono<Object> vanish(int times);

        Mono<Object> absent();
    }

    interface Blocking {
        int same(int value);
    }

    interface Dated {
        Mono<Object> same(Instant value);
    }

    interface DatedResult {
        Mono<Instant> same(int value);
    }

    interface BadProperty {
        @RemoteProperty
        Flux<Object> notes();
    }

    interface Nested {
        @RemoteName("Lamp")
        Mono<Blocking> lamp(String name);
    }

    interface Generic<T> {
        Mono<T> same(T value);
    }

    @Test
    void whatTheModuleLacksIsNamed() {
        assertThatThrownBy(() -> get(line.client.objects().bind("demo", Missing.class)))
                .hasCauseInstanceOf(NoSuchMethodException.class)
                .hasMessageContaining("on the device, demo (module) has no absent, vanish; called by Missing.absent(),"
                        + " Missing.vanish(int)");
        RemoteObjectPrograms.awaitHeld(line.client, 0);
    }

    @Test
    void aMethodThatCannotBeACallIsNamed() {
        refuses(Blocking.class, "Blocking.same(int) cannot be bound: it returns int; allowed are Mono<T>, Flux<T> and");
        refuses(Dated.class, "Dated.same(Instant) cannot be bound: its parameter value is a java.time.Instant; ");
        refuses(
                DatedResult.class,
                "DatedResult.same(int) cannot be bound: no result of the device can be had as java.time.Instant");
        refuses(BadProperty.class, "BadProperty.notes() cannot be bound: a property is got by Mono<T> notes()");
        refuses(Nested.class, "Blocking.same(int) cannot be bound");
        refuses(Generic.class, "Generic.same(Object) cannot be bound: no result of the device can be had as T");
        refuses(String.class, "java.lang.String cannot be bound: only an interface can");
    }

    private void refuses(Class<?> type, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line.client.objects().bind("demo", type))
                .withMessageContaining(message);
    }
}
