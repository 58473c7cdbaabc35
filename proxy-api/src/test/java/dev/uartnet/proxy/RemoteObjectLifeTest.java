package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.esp32.objects.ScriptedObject;
import dev.uartnet.proxy.objects.RemoteObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** When objects of the device come to be and go, whatever their users do. */
class RemoteObjectLifeTest {
    private final DemoModule module = new DemoModule();
    private TestLine line;
    private RemoteObject demo;

    @BeforeEach
    void open() throws IOException {
        line = TestLine.open(device -> device.module("demo", module.module()));
        demo = TestLine.get(line.client.objects().importModule("demo"));
    }

    @AfterEach
    void close() {
        line.close();
    }

    private void awaitHeld(long objects) {
        RemoteObjectPrograms.awaitHeld(line.client, objects);
    }

    /** Waits until so many calls of {@code wait} have reached the device, and are not answered. */
    private void awaitWaiting(int calls) {
        line.client
                .ping()
                .repeat()
                .takeUntil(answered -> module.waiting.size() == calls)
                .blockLast(TestLine.WAIT);
        // What was sent before this ping has been seen, too.
        line.client.ping().block(TestLine.WAIT);
        assertThat(module.waiting).hasSize(calls);
    }

    private void answer(Object result) {
        module.waiting.remove().complete(result);
    }

    @Test
    void theCleanerReleasesWhatNobodyHolds() {
        RemoteObject[] held = new RemoteObject[200];
        Arrays.setAll(held, i -> TestLine.get(demo.call("Lamp", "x").object()));
        awaitHeld(201);
        Arrays.fill(held, null);

        line.client
                .objects()
                .list()
                .count()
                .doOnSubscribe(subscription -> System.gc())
                .filter(count -> count == 1)
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(20)))
                .block(TestLine.WAIT);
        assertThat(demo.isDisposed()).isFalse();
    }

    @Test
    void anObjectInUseIsNotReleasedBeforeItsCallIsOver() {
        RemoteObject lamp = TestLine.get(demo.call("Lamp", "x").object());
        CompletableFuture<Object> answer = demo.call("wait", lamp).result().toFuture();
        awaitWaiting(1);
        lamp.dispose();
        TestLine.get(demo.call("same", 1).result());
        awaitHeld(2);

        answer("done");

        assertThat(answer.join()).isEqualTo("done");
        awaitHeld(1);
    }

    @Test
    void theAnswerToACancelledCallIsReleased() {
        Disposable call = demo.call("wait").object().subscribe();
        Disposable nested = demo.call("wait").result().subscribe();
        awaitWaiting(2);
        call.dispose();
        nested.dispose();
        module.waiting.clear();
        TestLine.get(demo.call("same", 1).result());
        awaitHeld(1);
    }

    @Test
    void cancellingAtAnyMomentLeavesNothing() throws Exception {
        for (int i = 0; i < 300; i++) {
            CountDownLatch subscribed = new CountDownLatch(1);
            Disposable call = demo.call("lamps", 3)
                    .result()
                    .doOnSubscribe(subscription -> subscribed.countDown())
                    .subscribe(lamps -> ((List<?>) lamps).forEach(lamp -> ((RemoteObject) lamp).dispose()));
            assertThat(subscribed.await(20, TimeUnit.SECONDS)).isTrue();
            long until = System.nanoTime() + i * 3_000L;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            call.dispose();
        }
        awaitHeld(1);
    }

    @Test
    void callsBeyondThirtyTwoWaitHereInOrderAndCanBeCancelled() {
        List<CompletableFuture<Object>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(demo.call("wait", i).result().toFuture());
        }
        awaitWaiting(32);

        answers.get(35).cancel(false);
        answers.get(0).cancel(false);
        answers.get(1).cancel(false);
        awaitWaiting(34);
        List<Integer> order = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
        order.remove(35);
        order.subList(0, 34).forEach(this::answer);
        awaitWaiting(5);
        order.subList(34, 39).forEach(this::answer);

        for (int i : order.subList(2, 39)) {
            assertThat(answers.get(i).join()).isEqualTo((long) i);
        }
    }

    @Test
    void aCallThatWaitsHereTimesOutToo() {
        Disposable others =
                Flux.range(0, 32).flatMap(i -> demo.call("wait").then(), 32).subscribe();
        awaitWaiting(32);

        assertThatThrownBy(() -> demo.call("wait")
                        .timeout(Duration.ofMillis(50))
                        .result()
                        .block(TestLine.WAIT))
                .hasCauseInstanceOf(RequestTimeoutException.class)
                .hasMessageContaining("within 50 ms");
        assertThat(module.waiting).hasSize(32);
        answer(1L);
        assertThat(TestLine.get(demo.call("same", 2).as(Integer.class))).isEqualTo(2);
        others.dispose();
    }

    @Test
    void aCallAtTheDeviceTimesOut() {
        assertThatThrownBy(() -> demo.call("wait")
                        .timeout(Duration.ofMillis(50))
                        .result()
                        .block(TestLine.WAIT))
                .hasCauseInstanceOf(RequestTimeoutException.class);
    }

    @Test
    void objectsDoNotOutliveTheirSession() {
        RemoteObject lamp = TestLine.get(demo.call("Lamp", "x").object());
        List<CompletableFuture<Object>> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            waiting.add(demo.call("wait").result().toFuture());
        }
        awaitWaiting(32);

        line.device.close();

        for (CompletableFuture<Object> call : waiting) {
            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(LinkLostException.class)
                    .hasMessageContaining(
                            "call of 'demo.wait' failed, for objects of the device do not outlive their" + " session");
        }
        assertThatThrownBy(() -> TestLine.get(lamp.text()))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining("str of 'Lamp' failed, for objects of the device do not outlive");
        assertThatThrownBy(() -> lamp.iterate().blockLast(TestLine.WAIT))
                .hasCauseInstanceOf(LinkLostException.class)
                .hasMessageContaining("iteration of 'Lamp' failed");
        lamp.dispose();
    }

    @Test
    void anObjectOfAnotherDeviceIsRefused() throws IOException {
        try (TestLine other = TestLine.open(device -> device.module("demo", new DemoModule().module()))) {
            RemoteObject foreign = TestLine.get(other.client.objects().importModule("demo"));
            assertThatThrownBy(() -> TestLine.get(demo.call("same", foreign).result()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "demo (module), object 1 is of another session, or another device, than call of"
                                    + " 'demo.same'");
        }
    }

    @Test
    void aDeviceThatAllowsNoPythonSaysWhatItWouldHaveTo() throws IOException {
        try (TestLine plain = TestLine.open()) {
            assertThatThrownBy(() -> TestLine.get(plain.client.objects().importModule("demo")))
                    .hasCauseInstanceOf(NotAllowedException.class)
                    .hasMessageContaining("demo")
                    .hasMessageContaining("\"allow\" of /uartnet.json");
        }
    }

    @Test
    void codeIsEvaluatedAndExecutedWhereItIsAllowed() throws IOException {
        try (TestLine open = TestLine.open(device -> device.allow("everything")
                .module("demo", ScriptedObject.module("demo").build())
                .evaluate(call -> {
                    call.println("ran");
                    return call.argument(0, "code", String.class).length();
                }))) {
            List<String> printed = new ArrayList<>();
            assertThat(TestLine.get(open.client
                            .objects()
                            .evaluate("1 + 1")
                            .onOutput(printed::add)
                            .as(Integer.class)))
                    .isEqualTo(5);
            assertThat(String.join("", printed)).isEqualTo("ran\n");
            assertThat(open.client
                            .objects()
                            .exec("x = 1\n")
                            .output()
                            .collectList()
                            .block(TestLine.WAIT))
                    .containsExactly("ran\n");
            open.client.objects().exec("x = 1\n").then().block(TestLine.WAIT);
        }
        assertThatThrownBy(() -> line.client.objects().exec("x = 1").then().block(TestLine.WAIT))
                .hasCauseInstanceOf(NotAllowedException.class)
                .hasMessageContaining("exec");
    }

    @Test
    void aFullRegistryIsAnErrorAndHasRoomAgain() throws IOException {
        try (TestLine small = TestLine.open(device -> device.handles(64).module("demo", module.module()))) {
            RemoteObject module = TestLine.get(small.client.objects().importModule("demo"));
            List<RemoteObject> lamps = new ArrayList<>();
            for (int i = 0; i < 63; i++) {
                lamps.add(TestLine.get(module.call("Lamp", "x").object()));
            }
            assertThatThrownBy(() -> TestLine.get(module.call("Lamp", "x").object()))
                    .hasMessageContaining("as many as the device has room for");
            lamps.forEach(RemoteObject::dispose);
            RemoteObjectPrograms.awaitHeld(small.client, 1);
            assertThat(TestLine.get(module.call("Lamp", "x").object()).type()).isEqualTo("Lamp");
        }
    }

    @Test
    void releasesOnManyThreadsAllArrive() {
        Flux.range(0, 500)
                .flatMap(i -> demo.call("Lamp", "x").object(), 32)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .parallel(4)
                .runOn(Schedulers.parallel())
                .doOnNext(RemoteObject::dispose)
                .sequential()
                .then(Mono.empty())
                .block(TestLine.WAIT);
        awaitHeld(1);
    }
}
