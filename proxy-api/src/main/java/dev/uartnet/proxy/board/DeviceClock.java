package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import dev.uartnet.proxy.ProxyClient;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The device's real-time clock, in UTC and microseconds ({@link ProxyClient#clock()}). How fine it really ticks is the platform's matter: an ESP32's has
 * microseconds, and drifts by some milliseconds a minute without a crystal of its own.
 *
 * <p>Threads and errors: see the package.
 */
public final class DeviceClock {
    private static final Duration SYNC_MAX = Duration.ofSeconds(5);
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private final DeviceRequests requests;

    /** As {@link ProxyClient#clock()}. */
    public DeviceClock(ProxyClient client) {
        requests = client.requests();
    }

    /** Returns the device's time at the moment when it answered; on arrival it is about half a round trip old. {@link #read} tells how much. */
    public Mono<Instant> now() {
        return requests.request(Operation.CLOCK_GET).map(DeviceClock::time);
    }

    /** Returns whether the clock has been set since the device booted. */
    public Mono<Boolean> isSet() {
        return requests.request(Operation.CLOCK_GET).map(DeviceClock::isSet);
    }

    /** Reads the device's clock and this host's at once: how far they are apart, and how sure that is. */
    public Mono<ClockReading> read() {
        return Mono.defer(() -> {
            Instant asked = Instant.now();
            long start = System.nanoTime();
            return requests.request(Operation.CLOCK_GET).map(results -> {
                Duration half = Duration.ofNanos((System.nanoTime() - start) / 2);
                return new ClockReading(time(results), isSet(results), asked.plus(half), half);
            });
        });
    }

    /**
     * Sets the device's clock.
     *
     * @param time cut to microseconds; what the way to the device takes, about half of {@link ProxyClient#ping}, is not added
     * @return the device's time after that
     */
    public Mono<Instant> set(Instant time) {
        return Mono.defer(
                () -> requests.request(Operation.CLOCK_SET, micros(time)).map(DeviceClock::time));
    }

    /** Sets the device's clock to this host's at the moment of subscription, for a device without an NTP server. Otherwise as {@link #set}. */
    public Mono<Instant> setFromHost() {
        return Mono.defer(() -> set(Instant.now()));
    }

    /** Sets the clock by NTP (RFC 5905, as a simple client), with the device's own server, within 5 s. */
    public Mono<ClockSync> sync() {
        return sync(null, SYNC_MAX);
    }

    /**
     * Sets the clock by NTP (RFC 5905, as a simple client).
     *
     * @param server a name or an address; null: the device's own choice
     * @param timeout for the server's answer, resolution 1 ms
     * @return fails with {@link dev.uartnet.codec.request.RequestFailedException} ({@code TIMED_OUT}, {@code NAME_NOT_FOUND}, {@code NETWORK_DOWN}) if
     *     there is none; the clock is as it was then
     */
    public Mono<ClockSync> sync(@Nullable String server, Duration timeout) {
        Duration limit = Limits.positive("timeout", timeout).plus(requests.timeout());
        return requests.request(limit, Operation.CLOCK_SYNC, server, timeout.toMillis())
                .map(results -> new ClockSync(
                        time(results),
                        Duration.of(Answer.ofList("clock", results).requiredNumber(2), ChronoUnit.MICROS)));
    }

    private static Instant time(List<@Nullable Object> results) {
        return Instant.EPOCH.plus(Answer.ofList("clock", results).requiredNumber(0), ChronoUnit.MICROS);
    }

    private static boolean isSet(List<@Nullable Object> results) {
        return Answer.ofList("clock", results).requiredFlag(1);
    }

    private static long micros(Instant time) {
        try {
            return Math.addExact(
                    Math.multiplyExact(time.getEpochSecond(), MICROS_PER_SECOND), time.getNano() / NANOS_PER_MICRO);
        } catch (ArithmeticException e) {
            throw new DateTimeException("no clock goes as far as " + time, e);
        }
    }
}
