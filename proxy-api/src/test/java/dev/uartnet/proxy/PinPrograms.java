package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.proxy.board.AdcReading;
import dev.uartnet.proxy.board.AdcSample;
import dev.uartnet.proxy.board.Attenuation;
import dev.uartnet.proxy.board.ClockReading;
import dev.uartnet.proxy.board.ClockSync;
import dev.uartnet.proxy.board.Edge;
import dev.uartnet.proxy.board.InputPin;
import dev.uartnet.proxy.board.OutputPin;
import dev.uartnet.proxy.board.PinEdge;
import dev.uartnet.proxy.board.Pull;
import dev.uartnet.proxy.board.Pwm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** What users do with pins and the clock. */
abstract class PinPrograms extends BoardPrograms {
    private static final int BUTTON = 4;
    private static final int LED = 2;
    private static final int SENSOR = 34;

    PinPrograms(TestBoard.Start start) {
        super(start);
    }

    // ---- pins

    @Test
    void drivesAPin() throws Exception {
        OutputPin led = get(client().pins().output(LED, true));
        assertThat(bench().level(LED)).isTrue();
        run(led.low());
        assertThat(bench().level(LED)).isFalse();
        assertThat(get(led.read())).isFalse();
        run(led.high());
        assertThat(bench().level(LED)).isTrue();
        assertThat(get(led.read())).isTrue();
        // Opened anew without a level it keeps the one that it has.
        run(client().pins().output(LED));
        assertThat(bench().level(LED)).isTrue();
    }

    @Test
    void knowsAPinByName() throws Exception {
        OutputPin led = get(client().pins().output("LED"));
        run(led.high());
        assertThat(bench().level(LED)).isTrue();
        assertThat(led.toString()).isEqualTo("output LED");
    }

    @Test
    void readsAPin() throws Exception {
        InputPin button = get(client().pins().input(BUTTON, Pull.UP));
        assertThat(get(button.read())).isTrue();
        bench().drive(BUTTON, false);
        assertThat(get(button.read())).isFalse();
        assertThat(get(get(client().pins().input(5, Pull.DOWN)).read())).isFalse();
    }

    @Test
    void sharesAWire() throws Exception {
        OutputPin wire = get(client().pins().openDrain(LED));
        bench().drive(LED, true);
        assertThat(get(wire.read())).isTrue();
        bench().drive(LED, false);
        assertThat(get(wire.read())).isFalse();
        bench().drive(LED, true);
        run(wire.low());
        assertThat(get(wire.read())).isFalse();
        run(wire.high());
        assertThat(get(wire.read())).isTrue();
    }

    @Test
    void aPinThatIsNotThereSaysSo() throws Exception {
        assertThat(failure(RequestFailedException.class, client().pins().input(24))
                        .errorCode())
                .isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(failure(RequestFailedException.class, client().pins().output(SENSOR))
                        .errorCode())
                .isEqualTo(ErrorCode.BAD_REQUEST);
    }

    /** 200 a second for two seconds. */
    @Test
    void everyEdgeArrivesInOrder() throws Exception {
        int count = 400;
        Duration interval = Duration.ofMillis(5);
        InputPin input = get(client().pins().input(BUTTON));
        CompletableFuture<List<PinEdge>> edges =
                input.edges().take(count).collectList().toFuture();
        settle();
        bench().edges(BUTTON, count, interval);
        List<PinEdge> all = edges.get(60, TimeUnit.SECONDS);
        assertThat(all).extracting(PinEdge::lost).containsOnly(0L);
        for (int i = 0; i < count; i++) {
            assertThat(all.get(i).level()).isEqualTo(i % 2 == 0);
            if (i > 0) {
                assertThat(all.get(i).time()).isGreaterThan(all.get(i - 1).time());
            }
        }
        // The device's own time stamps, which no line delays: what the bench was asked for, as well as a busy machine
        // keeps to it.
        assertThat(all.get(count - 1).time().minus(all.get(0).time())).isGreaterThan(interval.multipliedBy(count - 50));
    }

    @Test
    void edgesWaitForDemandAndThoseWithoutRoomAreCounted() throws Exception {
        int room = 64;
        int lost = 16;
        InputPin input = get(client().pins().input(BUTTON));
        BlockingQueue<PinEdge> got = new LinkedTransferQueue<>();
        BaseSubscriber<PinEdge> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(PinEdge edge) {
                got.add(edge);
            }
        };
        input.edges().subscribe(reader);
        settle();
        boolean level = true;
        for (int i = 0; i < room + lost; i++) {
            bench().drive(BUTTON, level);
            level = !level;
        }
        settle();
        assertThat(got).isEmpty();
        // Which of them were left out is the device's choice; it tells how many, and where.
        reader.request(room);
        List<PinEdge> all = new ArrayList<>();
        for (int i = 0; i < room; i++) {
            all.add(next(got));
        }
        bench().drive(BUTTON, level);
        reader.request(1);
        all.add(next(got));
        for (int i = 1; i < all.size(); i++) {
            PinEdge edge = all.get(i);
            assertThat(edge.time()).isGreaterThan(all.get(i - 1).time());
            assertThat(edge.level()).isEqualTo(all.get(i - 1).level() == (edge.lost() % 2 == 1));
        }
        assertThat(all.stream().mapToLong(PinEdge::lost).sum()).isEqualTo(lost);
        assertThat(all.get(room).level()).isEqualTo(level);
        reader.cancel();
    }

    private static PinEdge next(BlockingQueue<PinEdge> edges) throws InterruptedException {
        PinEdge edge = edges.poll(20, TimeUnit.SECONDS);
        assertThat(edge).isNotNull();
        return edge;
    }

    @Test
    void tellsFallingEdgesOnly() throws Exception {
        InputPin button = get(client().pins().input(BUTTON, Pull.UP));
        CompletableFuture<List<PinEdge>> presses =
                button.edges(Edge.FALLING).take(2).collectList().toFuture();
        settle();
        for (boolean level : new boolean[] {false, true, false}) {
            bench().drive(BUTTON, level);
        }
        assertThat(presses.get(20, TimeUnit.SECONDS)).extracting(PinEdge::level).containsExactly(false, false);
    }

    @Test
    void aBouncingButtonIsPressedOnce() throws Exception {
        InputPin button = get(client().pins().input(BUTTON, Pull.UP));
        List<PinEdge> presses = new ArrayList<>();
        CompletableFuture<?> second = button.edges(Edge.FALLING, Duration.ofMillis(200))
                .doOnNext(presses::add)
                .take(2)
                .then()
                .toFuture();
        settle();
        bench().edges(BUTTON, 11, Duration.ofMillis(2)); // ends low, 22 ms later
        Mono.delay(Duration.ofMillis(400)).block();
        bench().drive(BUTTON, true);
        Mono.delay(Duration.ofMillis(400)).block();
        bench().drive(BUTTON, false);
        second.get(20, TimeUnit.SECONDS);
        assertThat(presses.get(1).time().minus(presses.get(0).time())).isGreaterThan(Duration.ofMillis(200));
    }

    @Test
    void aCancelledWatchMakesRoomForTheNext() throws Exception {
        InputPin input = get(client().pins().input(BUTTON));
        input.edges().subscribe().dispose();
        CompletableFuture<PinEdge> edge = input.edges().next().toFuture();
        settle();
        bench().drive(BUTTON, true);
        assertThat(edge.get(20, TimeUnit.SECONDS).level()).isTrue();
    }

    private double duty() {
        return bench().pwm(LED).get(1) / 65_535.0;
    }

    @Test
    void modulates() throws Exception {
        Pwm pwm = get(client().pins().pwm(LED, 1000, 0.25));
        assertThat(pwm.frequency()).isEqualTo(1000);
        assertThat(pwm.duty()).isCloseTo(0.25, within(0.01));
        assertThat(duty()).isCloseTo(0.25, within(0.01));
        pwm = get(pwm.duty(0.5));
        assertThat(duty()).isCloseTo(0.5, within(0.01));
        assertThat(pwm.toString()).isEqualTo("PWM 2: 1000 Hz, 50.0 %");
        run(pwm.stop());
        assertThat(bench().pwm(LED)).isEmpty();
    }

    @Test
    void endsAModulationThatItHasNotStarted() throws Exception {
        run(client().pins().pwm(LED, 1000, 0.25));
        run(client().pins().stopPwm(LED));
        assertThat(bench().pwm(LED)).isEmpty();
        run(client().pins().stopPwm(LED));
        assertThat(bench().pwm(LED)).isEmpty();
    }

    @Test
    void measuresAVoltage() throws Exception {
        bench().adc(SENSOR, 1_650_000);
        AdcReading reading = get(client().pins().adc(SENSOR, Attenuation.DB_11).read());
        assertThat(reading.volts()).isNotNull().isCloseTo(1.65, within(0.01));
        assertThat(reading.raw()).isBetween(20_000, 50_000);
    }

    @Test
    void samplesAVoltage() throws Exception {
        bench().adc(SENSOR, 500_000);
        Duration interval = Duration.ofMillis(10);
        List<AdcSample> samples = get(client().pins()
                .adc(SENSOR, Attenuation.DB_11)
                .sample(interval)
                .take(50)
                .collectList());
        assertThat(samples).hasSize(50).allSatisfy(sample -> {
            assertThat(sample.volts()).isNotNull().isCloseTo(0.5, within(0.01));
        });
        // Each interval has its sample, or counts as left out.
        long intervals = samples.stream().skip(1).mapToLong(AdcSample::lost).sum() + samples.size() - 1;
        Duration taken =
                samples.get(samples.size() - 1).time().minus(samples.get(0).time());
        assertThat(taken.minus(interval.multipliedBy(intervals)).abs()).isLessThan(interval);
    }

    /** Requests are handled in order: what was asked for before this is in force. */
    private void settle() {
        run(client().ping());
    }

    // ---- the clock

    @Test
    void setsAndReadsTheClock() {
        Instant time = Instant.parse("2031-05-06T07:08:09.123456Z");
        assertThat(get(client().clock().isSet())).isFalse();
        assertThat(Duration.between(time, get(client().clock().set(time)))).isBetween(Duration.ZERO, WAIT);
        assertThat(get(client().clock().isSet())).isTrue();
        assertThat(Duration.between(time, get(client().clock().now()))).isBetween(Duration.ZERO, WAIT);
    }

    @Test
    void takesTheHostsTime() {
        run(client().clock().setFromHost());
        ClockReading reading = get(client().clock().read());
        assertThat(reading.isSet()).isTrue();
        // Set late by the way there, read with an error of half the round trip.
        assertThat(reading.offset().abs()).isLessThan(Duration.ofSeconds(2));
        assertThat(reading.uncertainty()).isPositive();
    }

    @Test
    void takesTheTimeOfANetworkServer() throws Exception {
        bench().ntpOffset(Duration.ofHours(2));
        Instant before = get(client().clock().now());
        ClockSync sync = get(client().clock().sync());
        assertThat(Duration.between(before.plus(sync.change()), sync.time())).isBetween(Duration.ofSeconds(-1), WAIT);
        assertThat(Duration.between(Instant.now().plus(Duration.ofHours(2)), sync.time())
                        .abs())
                .isLessThan(Duration.ofSeconds(5));
        assertThat(get(client().clock().isSet())).isTrue();
    }

    @Test
    void aSilentTimeServerTimesOut() throws Exception {
        bench().ntpSilent(true);
        Instant before = get(client().clock().now());
        assertThat(failure(RequestFailedException.class, client().clock().sync("192.0.2.1", Duration.ofMillis(300)))
                        .errorCode())
                .isEqualTo(ErrorCode.TIMED_OUT);
        assertThat(Duration.between(before, get(client().clock().now()))).isBetween(Duration.ZERO, WAIT);
    }
}
