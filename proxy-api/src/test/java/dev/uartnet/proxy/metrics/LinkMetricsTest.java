package dev.uartnet.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.RoundTripHistogram;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartAddress;
import dev.uartnet.transport.UartChannel;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class LinkMetricsTest {
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final LinkCounters DIFFERENT =
            new LinkCounters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, Duration.ofMillis(1_700));

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Sinks.Many<LinkHealth> health = Sinks.many().unicast().onBackpressureBuffer();

    private void bind() {
        new LinkMetrics(health.asFlux(), "a port", Tags.of("site", "here")).bindTo(registry);
    }

    private void emit(LinkHealth next) {
        health.emitNext(next, Sinks.EmitFailureHandler.FAIL_FAST);
    }

    private double value(String name) {
        return registry.get("uartnet.link." + name)
                .tags("port", "a port", "site", "here")
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void eachMeterShowsItsOwnCounter() {
        bind();
        emit(new LinkHealth(Duration.ofSeconds(1), true, 18, DIFFERENT, RoundTripHistogram.NONE));

        Map<String, Double> values = new HashMap<>();
        for (Meter meter : registry.getMeters()) {
            String name = meter.getId().getName().substring("uartnet.link.".length());
            values.put(name, value(name));
        }
        Map<String, Double> expected = new HashMap<>();
        expected.put("sessions", 1.0);
        expected.put("frames.sent", 2.0);
        expected.put("frames.received", 3.0);
        expected.put("data.sent", 4.0);
        expected.put("data.received", 5.0);
        expected.put("wire.sent", 6.0);
        expected.put("wire.received", 7.0);
        expected.put("crc.errors", 8.0);
        expected.put("resyncs", 9.0);
        expected.put("frames.stale", 10.0);
        expected.put("frames.ignored", 11.0);
        expected.put("gaps", 12.0);
        expected.put("frames.duplicate", 13.0);
        expected.put("frames.retransmitted", 14.0);
        expected.put("timeouts", 15.0);
        expected.put("window.stalls", 16.0);
        expected.put("established", 1.0);
        expected.put("queued", 18.0);
        expected.put("round.trip", 0.0);
        assertThat(values).isEqualTo(expected);
        assertThat(registry.get("uartnet.link.window.stalls").functionTimer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(1_700);
        assertThat(registry.get("uartnet.link.wire.sent").meter().getId().getBaseUnit())
                .isEqualTo("bytes");
    }

    @Test
    void metersHaveDescriptionsAndLeaveWithTheClient() {
        bind();
        assertThat(registry.getMeters())
                .hasSize(19)
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .containsExactly(Tag.of("port", "a port"), Tag.of("site", "here")));
        health.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void roundTripsAreRecordedSinceTheBinding() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        MemoryPort.Pair line = MemoryPort.pair();
        try (VirtualEsp32 device = VirtualEsp32.builder().start(line.a())) {
            ProxyClient client = Objects.requireNonNull(ProxyClient.connector()
                    .runOn(loops)
                    .connect(
                            new Bootstrap().group(loops).channelFactory(() -> new UartChannel(line.b())),
                            new UartAddress("b"))
                    .block(WAIT));
            assertThat(client.session().bootId()).isEqualTo(device.bootId());
            client.ping().repeat(20).blockLast(WAIT);
            LinkHealth before = Objects.requireNonNull(client.health().block(WAIT));
            client.ping().repeat(50).blockLast(WAIT);
            LinkHealth after = Objects.requireNonNull(client.health().block(WAIT));
            RoundTripHistogram lately = after.roundTrips().minus(before.roundTrips());
            assertThat(lately.count()).isPositive();

            bind();
            emit(before);
            emit(after);
            emit(after);
            var timer = registry.get("uartnet.link.round.trip").timer();
            assertThat(timer.count()).isEqualTo(lately.count());
            double exact = lately.sum().toNanos();
            // Half a bucket: 1 in 32, or 2 us of a short one.
            assertThat(timer.totalTime(TimeUnit.NANOSECONDS))
                    .isCloseTo(exact, within(exact / 32 + 2_100 * lately.count()));

            // The same by a client, whose meters come and go by themselves.
            MeterRegistry own = new SimpleMeterRegistry();
            CountDownLatch gone = new CountDownLatch(1);
            own.config().onMeterRemoved(meter -> gone.countDown());
            new LinkMetrics(client, "b").bindTo(own);
            Flux.interval(Duration.ofMillis(5))
                    .takeUntil(tick -> own.get("uartnet.link.sessions")
                                    .tag("port", "b")
                                    .functionCounter()
                                    .count()
                            == 1)
                    .blockLast(WAIT);
            client.close().block(WAIT);
            assertThat(gone.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
