package dev.uartnet.proxy.metrics;

import dev.uartnet.codec.link.LinkCounters;
import dev.uartnet.codec.link.LinkHealth;
import dev.uartnet.codec.link.RoundTripHistogram;
import dev.uartnet.codec.link.RoundTripHistogram.Bucket;
import dev.uartnet.proxy.ProxyClient;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

/**
 * Meters of a client's link.
 *
 * <pre>{@code
 * new LinkMetrics(client, "/dev/ttyUSB0").bindTo(registry);
 * }</pre>
 *
 * <p>All have the tag {@code port}, and those that were given. They are as of the last snapshot, by default at most a second old, so
 * that no registry's thread ever waits for the link; and they leave the registry when the client is closed.
 *
 * <table>
 * <caption>Meters ({@link LinkCounters} and {@link LinkHealth} say more of what they count)</caption>
 * <tr><th>name</th><th>type</th><th>base unit</th><th>what</th></tr>
 * <tr><td>{@code uartnet.link.frames.sent}</td><td>counter</td><td>frames</td><td>of any type, repeated ones too</td></tr>
 * <tr><td>{@code uartnet.link.frames.received}</td><td>counter</td><td>frames</td><td>whole ones of any type</td></tr>
 * <tr><td>{@code uartnet.link.frames.retransmitted}</td><td>counter</td><td>frames</td><td>sent again</td></tr>
 * <tr><td>{@code uartnet.link.frames.duplicate}</td><td>counter</td><td>frames</td><td>had come before</td></tr>
 * <tr><td>{@code uartnet.link.frames.stale}</td><td>counter</td><td>frames</td><td>of another session</td></tr>
 * <tr><td>{@code uartnet.link.frames.ignored}</td><td>counter</td><td>frames</td><td>meant nothing in the state they met</td></tr>
 * <tr><td>{@code uartnet.link.data.sent}</td><td>counter</td><td>bytes</td><td>of messages, each once</td></tr>
 * <tr><td>{@code uartnet.link.data.received}</td><td>counter</td><td>bytes</td><td>of messages, each once</td></tr>
 * <tr><td>{@code uartnet.link.wire.sent}</td><td>counter</td><td>bytes</td><td>given to the line</td></tr>
 * <tr><td>{@code uartnet.link.wire.received}</td><td>counter</td><td>bytes</td><td>delivered by the line, of whatever kind</td></tr>
 * <tr><td>{@code uartnet.link.crc.errors}</td><td>counter</td><td>frames</td><td>whose check did not match</td></tr>
 * <tr><td>{@code uartnet.link.resyncs}</td><td>counter</td><td>resyncs</td><td>the next frame's beginning had to be looked for</td></tr>
 * <tr><td>{@code uartnet.link.gaps}</td><td>counter</td><td>gaps</td><td>seen in the device's frame numbers</td></tr>
 * <tr><td>{@code uartnet.link.timeouts}</td><td>counter</td><td>timeouts</td><td>no acknowledgement came in time</td></tr>
 * <tr><td>{@code uartnet.link.sessions}</td><td>counter</td><td>sessions</td><td>that began: the first, and one for each reconnection</td></tr>
 * <tr><td>{@code uartnet.link.window.stalls}</td><td>function timer</td><td>the registry's</td><td>waiting for the device's window or buffer</td></tr>
 * <tr><td>{@code uartnet.link.round.trip}</td><td>timer</td><td>the registry's</td><td>from a frame to its acknowledgement, since the meters were
 *   bound; each within 3 %, the middle of its bucket in {@link RoundTripHistogram}</td></tr>
 * <tr><td>{@code uartnet.link.established}</td><td>gauge</td><td></td><td>1 in a session, else 0</td></tr>
 * <tr><td>{@code uartnet.link.queued}</td><td>gauge</td><td>messages</td><td>waiting for a session, the line, or the window</td></tr>
 * </table>
 */
public final class LinkMetrics implements MeterBinder {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final String PREFIX = "uartnet.link.";
    private static final LinkHealth UNKNOWN =
            new LinkHealth(Duration.ZERO, false, 0, LinkCounters.NONE, RoundTripHistogram.NONE);

    private final Flux<LinkHealth> health;
    private final Tags tags;

    /**
     * Meters of a client, read each second.
     *
     * @param port the value of the tag {@code port}; two clients at the same time need two
     */
    public LinkMetrics(ProxyClient client, String port) {
        this(client.health(INTERVAL), port, Tags.empty());
    }

    /**
     * Meters of what a client says from time to time.
     *
     * @param health {@link ProxyClient#health(Duration)} with the interval of one's choice; subscribed to by each {@link #bindTo}
     * @param port the value of the tag {@code port}; two clients at the same time need two
     * @param tags further tags
     */
    public LinkMetrics(Flux<LinkHealth> health, String port, Iterable<? extends Tag> tags) {
        this.health = health;
        this.tags = Tags.of(tags).and("port", port);
    }

    /** Puts the meters into a registry, until the client is closed. Any thread. */
    @Override
    public void bindTo(MeterRegistry registry) {
        health.subscribe(new Binding(registry, tags));
    }

    /** The meters of one registry, and the snapshot that they show. */
    private static final class Binding extends BaseSubscriber<LinkHealth> {
        private final MeterRegistry registry;
        private final Tags tags;
        private final List<Meter> meters = new ArrayList<>();
        private final Timer roundTrip;
        private @Nullable RoundTripHistogram recorded;
        private volatile LinkHealth now = UNKNOWN;

        Binding(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
            counter("frames.sent", "frames", "Frames sent, repeated ones too", LinkCounters::framesSent);
            counter("frames.received", "frames", "Whole frames received", LinkCounters::framesReceived);
            counter("frames.retransmitted", "frames", "Frames sent again", LinkCounters::retransmits);
            counter("frames.duplicate", "frames", "Frames that had come before", LinkCounters::duplicates);
            counter("frames.stale", "frames", "Frames of another session", LinkCounters::stale);
            counter("frames.ignored", "frames", "Frames that meant nothing", LinkCounters::ignored);
            counter("data.sent", "bytes", "Bytes of messages sent, each once", LinkCounters::payloadBytesSent);
            counter("data.received", "bytes", "Bytes of messages received", LinkCounters::payloadBytesReceived);
            counter("wire.sent", "bytes", "Bytes given to the line", LinkCounters::wireBytesSent);
            counter("wire.received", "bytes", "Bytes delivered by the line", LinkCounters::wireBytesReceived);
            counter("crc.errors", "frames", "Frames whose check did not match", LinkCounters::crcErrors);
            counter("resyncs", "resyncs", "Searches for the next frame's beginning", LinkCounters::resyncs);
            counter("gaps", "gaps", "Gaps in the device's frame numbers", LinkCounters::gaps);
            counter("timeouts", "timeouts", "Acknowledgements that did not come in time", LinkCounters::timeouts);
            counter("sessions", "sessions", "Sessions that began", LinkCounters::sessions);
            meters.add(FunctionTimer.builder(
                            PREFIX + "window.stalls",
                            this,
                            self -> self.now.counters().windowStalls(),
                            self -> self.now.counters().windowStalled().toNanos(),
                            TimeUnit.NANOSECONDS)
                    .tags(tags)
                    .description("Waiting for the device's window or buffer")
                    .register(registry));
            gauge("established", null, "1 in a session, else 0", health -> health.established() ? 1 : 0);
            gauge("queued", "messages", "Messages that wait to be sent", LinkHealth::queued);
            roundTrip = Timer.builder(PREFIX + "round.trip")
                    .tags(tags)
                    .description("From a frame to its acknowledgement")
                    .register(registry);
            meters.add(roundTrip);
        }

        private void counter(String name, String unit, String what, ToLongFunction<LinkCounters> value) {
            meters.add(FunctionCounter.builder(PREFIX + name, this, self -> value.applyAsLong(self.now.counters()))
                    .tags(tags)
                    .baseUnit(unit)
                    .description(what)
                    .register(registry));
        }

        private void gauge(String name, @Nullable String unit, String what, ToDoubleFunction<LinkHealth> value) {
            meters.add(Gauge.builder(PREFIX + name, this, self -> value.applyAsDouble(self.now))
                    .tags(tags)
                    .baseUnit(unit)
                    .description(what)
                    .register(registry));
        }

        @Override
        protected void hookOnNext(LinkHealth health) {
            RoundTripHistogram times = health.roundTrips();
            // The first has all that was before: nobody wants that as if it were of this moment.
            if (recorded != null) {
                for (Bucket bucket : times.minus(recorded).buckets()) {
                    Duration middle = bucket.from().plus(bucket.to()).dividedBy(2);
                    for (long i = 0; i < bucket.count(); i++) {
                        roundTrip.record(middle);
                    }
                }
            }
            recorded = times;
            now = health;
        }

        @Override
        protected void hookFinally(SignalType end) {
            meters.forEach(registry::remove);
        }
    }
}
