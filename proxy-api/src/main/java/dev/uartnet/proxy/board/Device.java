package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.proxy.DeviceInfo;
import dev.uartnet.proxy.DeviceRequests;
import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.LinkState;
import dev.uartnet.proxy.ProxyClient;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The device itself ({@link ProxyClient#device()}): its health, its resets, what it logs and prints.
 *
 * <p><b>Resets.</b> Each completes when the device has taken it. Then its session ends, with everything that was open, and the client connects again by
 * itself. {@link #untilBack} waits for that:
 *
 * <pre>{@code
 * device.untilBack(device.hardReset())   // Mono<DeviceInfo>
 * }</pre>
 *
 * <p>Threads and errors: see the package.
 */
public final class Device {
    private static final Logger log = LoggerFactory.getLogger(Device.class);

    private static final Duration HEALTH_INTERVAL_MIN = Duration.ofMillis(100);

    private final ProxyClient client;
    private final DeviceRequests requests;
    private final Mono<Void> resetPulse;

    /**
     * As {@link ProxyClient#device()}.
     *
     * @param resetPulse pulses the board's reset line
     */
    public Device(ProxyClient client, Mono<Void> resetPulse) {
        this.client = client;
        this.requests = client.requests();
        this.resetPulse = resetPulse;
    }

    // ---- how it fares

    /** Asks the device about itself, as {@link ProxyClient#info()}. */
    public Mono<DeviceInfo> info() {
        return client.info();
    }

    /** Returns the heap as it is: garbage counts as used. */
    public Mono<HeapUse> memory() {
        return info().map(info -> {
            Answer said = Answer.ofMap("heap", info.all());
            return new HeapUse(said.requiredNumber("heap_free"), said.requiredNumber("heap_used"));
        });
    }

    /** Collects the garbage of the device's heap, and returns what is left. */
    public Mono<HeapUse> collectGarbage() {
        return requests.request(Operation.DEVICE_COLLECT).map(results -> {
            Answer heap = Answer.ofList("heap", results);
            return new HeapUse(heap.requiredNumber(0), heap.requiredNumber(1));
        });
    }

    /** Returns the chip's temperature in degrees Celsius; completes without one where the device has no thermometer. */
    public Mono<Double> temperature() {
        return info().mapNotNull(DeviceInfo::temperature);
    }

    /** Returns why the device booted last. */
    public Mono<ResetCause> resetCause() {
        return info().map(info -> ResetCause.of(info.resetReason()));
    }

    /**
     * Reports what {@link #info} says again and again, the first time at once. Who is slower gets fewer.
     *
     * @param interval from one to the next, at least 100 ms, resolution 1 ms
     * @return ends with its session, by {@link LinkLostException}; {@code retry()} goes on in the next one
     */
    public Flux<DeviceInfo> health(Duration interval) {
        if (interval.compareTo(HEALTH_INTERVAL_MIN) < 0) {
            throw new IllegalArgumentException("the interval must be at least 100 ms: " + interval);
        }
        return requests.stream(Operation.DEVICE_HEALTH, interval.toMillis())
                .map(item ->
                        DeviceInfo.of(Answer.ofMap("health", item.orElse(null)).values()));
    }

    // ---- resets

    /** Restarts the interpreter and the firmware; the chip, its pins and its Wi-Fi run on as far as the platform lets them. */
    public Mono<Void> softReset() {
        return reset(false);
    }

    /** Restarts the chip, as its reset button does. */
    public Mono<Void> hardReset() {
        return reset(true);
    }

    private Mono<Void> reset(boolean hard) {
        return requests.request(Operation.DEVICE_RESET, hard).then();
    }

    /**
     * Restarts the chip from outside, also when it is hung: by the control lines of the serial port, as most development boards have them wired and esptool's
     * "hard reset" does it. RTS, asserted while DTR is not, pulls the chip's reset (EN) low for 100 ms; DTR, which would select the boot loader (GPIO0), stays
     * released. Both lines are released afterwards.
     *
     * @return completes when the reset line is free again, whether or not a board is wired so; fails with {@link UnsupportedOperationException} if the
     *     client's channel is no serial port, {@link IllegalStateException} if RTS belongs to the flow control, {@link
     *     java.io.IOException} if the port has no such lines. Runs to its end when it is cancelled
     */
    public Mono<Void> pulseReset() {
        return resetPulse;
    }

    /**
     * Resets the device and waits until it is back, in a session of its next boot. For as long as that takes: {@code timeout} it.
     *
     * @param reset one of the resets of this class, or anything else that makes the device boot
     * @return what the device says of itself after that; fails if the reset does, and with {@link LinkLostException} if the client does not
     *     connect again
     */
    public Mono<DeviceInfo> untilBack(Mono<Void> reset) {
        return info().flatMap(before -> reset
                // The device may be gone before its answer has come through.
                .onErrorResume(Device::mayHaveRun, lost -> Mono.empty())
                .thenMany(client.states())
                .filter(LinkState::isConnected)
                // One that is gone again, or does not answer yet, has a next one.
                .concatMap(session -> info().onErrorResume(Device::isOver, gone -> Mono.empty()))
                .filter(now -> !Objects.equals(now.bootId(), before.bootId()))
                .takeUntilOther(client.onClose())
                .next()
                .switchIfEmpty(info()));
    }

    private static boolean isOver(Throwable cause) {
        return cause instanceof LinkLostException || cause instanceof RequestTimeoutException;
    }

    private static boolean mayHaveRun(Throwable cause) {
        return cause instanceof LinkLostException lost && lost.mayHaveRun();
    }

    /**
     * Sets the watchdog: if the firmware hangs for this long, the chip resets itself. The firmware feeds it; nothing is to be done here.
     *
     * @param timeout 1 s to 1 h, resolution 1 ms; what is less or more the device refuses
     * @return the timeout in force: a platform may know others only, or be unable to change one
     */
    public Mono<Duration> watchdog(Duration timeout) {
        return watchdog(Limits.positive("timeout", timeout).toMillis());
    }

    /** Ends the watchdog. Returns the timeout in force: zero, unless the platform cannot end one (an ESP32 cannot). */
    public Mono<Duration> noWatchdog() {
        return watchdog(0);
    }

    private Mono<Duration> watchdog(long millis) {
        return requests.request(Operation.DEVICE_WATCHDOG, millis).map(Device::inForce);
    }

    private static Duration inForce(List<@Nullable Object> results) {
        return Duration.ofMillis(Answer.ofList("watchdog", results).requiredNumber(0));
    }

    // ---- what it says

    /** Returns what the firmware, and code on the device, log from now on, through all sessions. Ends as {@link #output} does. */
    public Flux<DeviceLog> log() {
        return events(EventKind.LOG, "event of the log", DeviceLog::of);
    }

    /**
     * Returns what code on the device prints outside of requests from now on, through all sessions; in pieces, not in lines. Completes or fails with the client, as
     * {@link ProxyClient#onClose}; a subscriber that does not keep up loses the oldest of more than 256.
     */
    public Flux<String> output() {
        return events(EventKind.OUTPUT, "event of the output", event -> event.requiredText(0));
    }

    /** An event that is not as it has to be is left out: who listens through all sessions must not be cut off by one. */
    private <T> Flux<T> events(int kind, String what, Function<Answer, T> meaning) {
        return requests.events(kind)
                .concatMap(event -> Mono.fromSupplier(() -> meaning.apply(Answer.ofList(what, event.args())))
                        .doOnError(wrong -> log.warn("left out: {}", wrong.getMessage()))
                        .onErrorComplete(wrong -> Exceptions.unwrap(wrong) instanceof ProtocolException))
                .takeUntilOther(client.onClose());
    }
}
