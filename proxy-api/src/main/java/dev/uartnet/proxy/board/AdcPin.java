package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A pin that measures a voltage ({@link Pins#adc}). */
public final class AdcPin {
    private static final Duration INTERVAL_MIN = Duration.ofMillis(1);
    /** Fast samples travel together, but none waits for longer than this. */
    private static final Duration ITEM_MAX = Duration.ofMillis(50);

    private static final int SAMPLES_MAX = 32;
    /** Items that are asked for ahead: not so many that a slow reader would see old ones only. */
    private static final int AHEAD = 4;

    private final DeviceRequests requests;
    private final Object pin;
    private final Map<String, Object> options;

    AdcPin(DeviceRequests requests, Object pin, Map<String, Object> options) {
        this.requests = requests;
        this.pin = pin;
        this.options = options;
    }

    /** Measures once. */
    public Mono<AdcReading> read() {
        return requests.request(Operation.ADC_READ, pin, options)
                .map(results -> AdcReading.of(Answer.ofList("analog input", results), 0));
    }

    /**
     * Measures again and again, until it is cancelled. Samples that a slow subscriber does not take are left out, and counted.
     *
     * @param interval from one to the next, at least 1 ms, a device takes at most 60 s; resolution 1 us
     * @return ends with its session, by {@link dev.uartnet.proxy.LinkLostException}; fast samples come several at a time, each with its own time
     */
    public Flux<AdcSample> sample(Duration interval) {
        if (interval.compareTo(INTERVAL_MIN) < 0) {
            throw new IllegalArgumentException("the interval must be at least 1 ms: " + interval);
        }
        long micros = TimeUnit.MICROSECONDS.convert(interval);
        int together = (int) Math.max(1, Math.min(SAMPLES_MAX, ITEM_MAX.dividedBy(interval)));
        Duration exact = Duration.of(micros, ChronoUnit.MICROS);
        return requests.stream(Operation.ADC_SAMPLE, pin, micros, together, options)
                .flatMapIterable(item -> AdcSample.listOf(item, exact), AHEAD);
    }

    /** For people: {@code analog input 34}. */
    @Override
    public String toString() {
        return "analog input " + pin;
    }
}
