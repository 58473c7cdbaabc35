package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.proxy.objects.RemoteCall;
import dev.uartnet.proxy.objects.RemoteException;
import dev.uartnet.proxy.objects.RemoteObject;
import dev.uartnet.proxy.objects.RemoteObjects;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What applications do with remote objects, on a device with the module {@code demo}. Each test leaves the device as it was. */
abstract class RemoteObjectPrograms extends RemoteValuePrograms {
    // ---- the demonstration

    @Test
    void anObjectIsConstructedCalledAndDescribed() {
        try (RemoteObject lamp = lamp("kitchen")) {
            List<String> printed = new ArrayList<>();
            int times = get(lamp.call("blink")
                    .keyword("times", 2)
                    .onOutput(printed::add)
                    .as(Integer.class));

            assertThat(times).isEqualTo(2);
            assertThat(String.join("", printed)).isEqualTo("kitchen blinks 0\nkitchen blinks 1\n");
            assertThat(lamp.type()).isEqualTo("Lamp");
            assertThat(get(lamp.text())).isEqualTo("Lamp kitchen at 10");
            assertThat(lamp.toString()).startsWith("RemoteObject[Lamp, object ");
        }
    }

    @Test
    void aPropertyIsChangedAndRead() {
        try (RemoteObject lamp = lamp("kitchen")) {
            lamp.set("brightness", 99).block(TestLine.WAIT);

            assertThat(get(lamp.get("brightness", Integer.class))).isEqualTo(99);
            assertThat(get(lamp.get("brightness"))).isEqualTo(99L);
            assertThat(get(lamp.text())).isEqualTo("Lamp kitchen at 99");
        }
    }

    @Test
    void anExceptionHasTypeArgumentsAndTraceback() {
        try (RemoteObject lamp = lamp("kitchen")) {
            StepVerifier.create(lamp.call("fail").result())
                    .expectErrorSatisfies(failure -> {
                        RemoteException raised = (RemoteException) failure;
                        assertThat(raised).hasMessage("ValueError: burnt out, 7 (in call of 'Lamp.fail')");
                        assertThat(raised.type()).isEqualTo("ValueError");
                        assertThat(raised.arguments()).isEqualTo(List.of("burnt out", 7L));
                        assertThat(raised.traceback()).contains("ValueError").contains("fail");
                    })
                    .verify(TestLine.WAIT);
        }
    }

    @Test
    void whatIsNotThereIsAnExceptionThatNamesIt() {
        assertThatThrownBy(() -> get(demo.get("nowhere")))
                .hasCauseInstanceOf(RemoteException.class)
                .hasMessageContaining("AttributeError")
                .hasMessageContaining("(in get of 'demo.nowhere')");
        assertThatThrownBy(() -> get(client().objects().importModule("nowhere")))
                .hasCauseInstanceOf(NotAllowedException.class)
                .hasMessageContaining("nowhere is not in \"allow\"");
    }

    // ---- objects

    @Test
    void objectsAreArgumentsAlsoInListsAndMaps() {
        try (RemoteObject lamp = lamp("kitchen")) {
            List<?> back = get(
                    demo.call("same", List.of(1, lamp, Map.of("lamp", lamp))).as(List.class));
            try (RemoteObject second = (RemoteObject) back.get(1);
                    RemoteObject third = (RemoteObject) ((Map<?, ?>) back.get(2)).get("lamp")) {
                assertThat(get(lamp.isSame(second))).isTrue();
                assertThat(get(lamp.isSame(third))).isTrue();
            }
        }
    }

    @Test
    void equalityAndIdentityAreTheDevices() {
        try (RemoteObject lamp = lamp("kitchen");
                RemoteObject copy = get(lamp.call("copy").object());
                RemoteObject hall = lamp("hall")) {
            assertThat(get(lamp.isEqualTo(copy))).isTrue();
            assertThat(get(lamp.isSame(copy))).isFalse();
            assertThat(get(lamp.isEqualTo(hall))).isFalse();
            assertThat(get(lamp.isEqualTo("kitchen"))).isFalse();
        }
    }

    @Test
    void aReferenceToAListIsTheList() {
        try (RemoteObject numbers = get(demo.getObject("numbers"));
                RemoteObject notes = get(demo.getObject("notes"))) {
            numbers.setItem(0, "first").block(TestLine.WAIT);
            notes.setItem("two", 2).block(TestLine.WAIT);

            assertThat(get(demo.get("numbers"))).isEqualTo(List.of("first", 2L, 3L));
            assertThat(get(notes.getItem("two", Integer.class))).isEqualTo(2);
            assertThatThrownBy(() -> get(notes.getItem("three")))
                    .hasMessageContaining("KeyError")
                    .hasMessageContaining("(in get of 'dict[three]')");
            numbers.setItem(0, 1).block(TestLine.WAIT);
        }
    }

    @Test
    void functionsAreCalledByThemselves() {
        try (RemoteObject same = get(demo.getObject("same"))) {
            assertThat(get(same.invoke("x").as(String.class))).isEqualTo("x");
        }
    }

    @Test
    void theRegistryTellsWhatItHolds() {
        try (RemoteObject lamp = lamp("kitchen")) {
            assertThat(get(client().objects().list().map(held -> held.type()).collectList()))
                    .containsExactly("module", "Lamp");
            assertThat(lamp.isDisposed()).isFalse();
        }
        awaitHeld(client(), 1);
    }

    @Test
    void whatWasDisposedOfSaysSo() {
        RemoteObject lamp = lamp("kitchen");
        Mono<String> before = lamp.text();
        lamp.dispose();
        lamp.dispose();

        assertThat(lamp.isDisposed()).isTrue();
        assertThatThrownBy(() -> get(before))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Lamp, object ")
                .hasMessageContaining("is disposed of");
    }

    @Test
    void resultsThatNobodyWantsAreReleased() {
        demo.call("Lamp", "x").then().block(TestLine.WAIT);
        demo.call("lamps", 20).then().block(TestLine.WAIT);
        demo.call("Lamp", "x").output().blockLast(TestLine.WAIT);
        awaitHeld(client(), 1);
    }

    // ---- what is printed

    @Test
    void outputComesAsItIsPrinted() {
        try (RemoteObject lamp = lamp("hall")) {
            RemoteCall call = lamp.call("blink", 3);
            assertThat(String.join("", get(call.output().collectList())))
                    .isEqualTo("hall blinks 0\nhall blinks 1\nhall blinks 2\n");
            StepVerifier.create(lamp.call("fail").output())
                    .expectError(RemoteException.class)
                    .verify(TestLine.WAIT);
        }
    }

    // ---- iteration

    @Test
    void itemsComeByDemand() {
        StepVerifier.create(demo.call("count", 1000).iterate(Integer.class), 0)
                .thenRequest(1)
                .expectNext(0)
                .thenRequest(2)
                .expectNext(1, 2)
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(997)
                .expectComplete()
                .verify(TestLine.WAIT);
        StepVerifier.create(demo.call("mixed").iterate())
                .expectNext(1L, RemoteObjects.NONE, "x")
                .expectComplete()
                .verify(TestLine.WAIT);
    }

    @Test
    void aGeneratorRunsNoFurtherThanWasAskedForAndIsClosed() {
        long before = get(demo.get("started", Long.class));
        long closed = get(demo.get("closed", Long.class));

        assertThat(get(demo.call("closing")
                        .iterate(Long.class)
                        .limitRate(1)
                        .take(3)
                        .collectList()))
                .containsExactly(0L, 1L, 2L);

        demo.get("closed", Long.class)
                .filter(now -> now == closed + 1)
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(5)))
                .block(TestLine.WAIT);
        assertThat(get(demo.get("started", Long.class)) - before).isBetween(3L, 4L);
    }

    @Test
    void anExceptionInTheMiddleComesBehindTheItems() {
        StepVerifier.create(demo.call("breaking", 3).iterate())
                .expectNext(0L, 1L, 2L)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(RemoteException.class)
                        .hasMessageContaining("OSError: 5 (in iteration of "))
                .verify(TestLine.WAIT);
    }

    @Test
    void itemsLongerThanAFrameComeWholeAndInOrder() {
        List<String> texts =
                get(demo.call("texts", 40, 3000).iterate(String.class).collectList());

        assertThat(texts).hasSize(40);
        for (int i = 0; i < 40; i++) {
            assertThat(texts.get(i)).isEqualTo(String.valueOf(i % 10).repeat(i % 2 == 0 ? 1 : 3000));
        }
    }

    @Test
    void itemsThatAreObjectsAreReleasedByWhoGetsThem() {
        assertThat(get(demo.call("lamps", 200)
                        .iterate(RemoteObject.class)
                        .concatMap(lamp -> lamp.get("name").doFinally(end -> lamp.dispose()))
                        .count()))
                .isEqualTo(200);
        awaitHeld(client(), 1);
    }

    @Test
    void aCancelledIterationOfObjectsLeavesNothing() {
        demo.call("lamps", 200)
                .iterate(RemoteObject.class)
                .take(5)
                .doOnNext(RemoteObject::dispose)
                .blockLast(TestLine.WAIT);
        awaitHeld(client(), 1);
    }

    // ---- bytes

    @Test
    void bytesAreReadIntoABuffer() {
        byte[] data = new byte[2500];
        Arrays.fill(data, (byte) 7);
        ByteBuf small = Unpooled.buffer(10, 10);
        ByteBuf large = Unpooled.buffer(4000, 4000);
        try (RemoteObject stream = get(demo.call("stream", (Object) data).object());
                RemoteObject array = get(demo.call("array", 2000).object())) {
            assertThat(get(stream.readInto(small))).isEqualTo(10);
            assertThat(get(stream.readInto(large))).isEqualTo(2490);
            assertThat(get(stream.readInto(large))).isZero();
            assertThat(large.readableBytes()).isEqualTo(2490);
            assertThat(ByteBufUtil.getBytes(small)).containsOnly(7);
            large.clear();
            assertThat(get(array.readInto(large))).isEqualTo(2000);
            assertThat(small.refCnt()).isEqualTo(1);
        } finally {
            small.release();
            large.release();
        }
    }

    @Test
    void bytesAreReadByDemand() {
        byte[] data = new byte[5000];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) i;
        }
        try (RemoteObject stream = get(demo.call("stream", (Object) data).object())) {
            byte[] read = get(stream.read()
                    .limitRate(1)
                    .collect(ByteArrayOutputStream::new, (bytes, piece) -> {
                        bytes.writeBytes(ByteBufUtil.getBytes(piece));
                        piece.release();
                    })
                    .map(ByteArrayOutputStream::toByteArray));
            assertThat(read).isEqualTo(data);
        }
    }

    // ---- many at once

    @Test
    void aThousandCallsInFlightAreAllAnswered() {
        List<Long> answers = get(Flux.range(0, 1000)
                .flatMapSequential(i -> demo.call("same", i).as(Long.class), 1000)
                .collectList());

        assertThat(answers).hasSize(1000).startsWith(0L, 1L).endsWith(999L).isSorted();
    }

    void createAndDrop(int rounds) {
        Flux.range(0, rounds)
                .flatMap(i -> demo.call("Lamp", "x").object().doOnNext(RemoteObject::dispose), 16)
                .then()
                .block(Duration.ofMinutes(10));
        awaitHeld(client(), 1);
    }
}
