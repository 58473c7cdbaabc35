package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A pin with pulse-width modulation ({@link Pins#pwm}). Immutable: what is set anew is another one. Runs on when the session ends. */
public final class Pwm {
    private static final int DUTY_MAX = 65_535;

    private final DeviceRequests requests;
    private final Object pin;
    private final int frequency;
    private final double duty;

    private Pwm(DeviceRequests requests, Object pin, int frequency, double duty) {
        this.requests = requests;
        this.pin = pin;
        this.frequency = frequency;
        this.duty = duty;
    }

    static Mono<Pwm> start(DeviceRequests requests, Object pin, int frequency, double duty) {
        if (frequency < 1) {
            throw new IllegalArgumentException("the frequency must be at least 1 Hz: " + frequency);
        }
        if (!(duty >= 0 && duty <= 1)) {
            throw new IllegalArgumentException("the duty must be 0 to 1: " + duty);
        }
        return requests.request(Operation.PWM_SET, pin, frequency, (int) Math.round(duty * DUTY_MAX))
                .map(results -> started(requests, pin, results));
    }

    private static Pwm started(DeviceRequests requests, Object pin, List<@Nullable Object> results) {
        Answer inForce = Answer.ofList("PWM", results);
        return new Pwm(requests, pin, inForce.requiredInteger(0), inForce.requiredNumber(1) / (double) DUTY_MAX);
    }

    /** Returns the frequency in force, in hertz: the nearest one that the device has. */
    public int frequency() {
        return frequency;
    }

    /** Returns which part of the time the pin is high, 0 to 1: the nearest one that the device has. */
    public double duty() {
        return duty;
    }

    /**
     * Changes both.
     *
     * @param frequency in hertz, at least 1; what the device cannot do is an error
     * @param duty which part of the time the pin is high: 0 to 1, in steps of 1/65,535
     * @return with what is in force then
     */
    public Mono<Pwm> set(int frequency, double duty) {
        return start(requests, pin, frequency, duty);
    }

    /** Changes the duty alone. */
    public Mono<Pwm> duty(double duty) {
        return set(frequency, duty);
    }

    /** Ends it; {@link Pins#stopPwm} does the same without having started it. */
    public Mono<Void> stop() {
        return stop(requests, pin);
    }

    static Mono<Void> stop(DeviceRequests requests, Object pin) {
        return requests.request(Operation.PWM_SET, pin, null, 0).then();
    }

    /** For people: {@code PWM 2: 1000 Hz, 25.0 %}. */
    @Override
    public String toString() {
        return String.format("PWM %s: %d Hz, %.1f %%", pin, frequency, duty * 100);
    }
}
