package dev.uartnet.measure;

import dev.uartnet.proxy.ProxyClient;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import reactor.core.publisher.Mono;

/** Round trips to the device and back, one after the other, with three digits of precision. */
public final class RoundTrips {
    private static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(DIGITS);

    private RoundTrips() {}

    /**
     * Pings so often, one after the other.
     *
     * @return fails as {@link ProxyClient#ping()} does
     */
    public static Mono<RoundTrips> measure(ProxyClient device, int count) {
        return Mono.defer(() -> {
            RoundTrips trips = new RoundTrips();
            return device.ping().doOnNext(trips::add).repeat(count - 1L).then(Mono.just(trips));
        });
    }

    private void add(Duration time) {
        histogram.recordValue(time.toNanos());
    }

    /** Returns the time in milliseconds that so many per cent did not exceed. */
    public double millis(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    public long count() {
        return histogram.getTotalCount();
    }
}
