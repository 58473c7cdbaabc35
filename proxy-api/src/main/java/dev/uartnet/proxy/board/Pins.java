package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import dev.uartnet.proxy.ProxyClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The device's pins ({@link ProxyClient#pins()}): by the chip's numbers (GPIO4 of an ESP32 is 4), or by the names that the platform has for them
 * ({@code "LED"}).
 *
 * <pre>{@code
 * device.pins().output(2).flatMap(OutputPin::high)
 * device.pins().input(4, Pull.UP).flatMapMany(button -> button.edges(Edge.FALLING, Duration.ofMillis(20)))
 * device.pins().adc(34).flatMap(AdcPin::read)
 * }</pre>
 *
 * <p>Levels are {@code boolean}: true is high. Pins stay as they are when the session ends; only a boot of the device sets them back, and they want to be
 * opened again then. A pin that the device does not have, or cannot use so, is {@link
 * dev.uartnet.codec.request.RequestFailedException} with its words.
 *
 * <p>Threads and errors otherwise: see the package.
 */
public final class Pins {
    private static final String IN = "in";
    private static final String OUT = "out";
    private static final String OPEN_DRAIN = "open_drain";

    private final DeviceRequests requests;

    /** As {@link ProxyClient#pins()}. */
    public Pins(ProxyClient client) {
        requests = client.requests();
    }

    /** Makes a pin an input that nothing pulls. */
    public Mono<InputPin> input(int pin) {
        return input(pin, Map.of());
    }

    /** Makes a pin an input. */
    public Mono<InputPin> input(int pin, Pull pull) {
        return input(pin, options(pull));
    }

    /** As {@link #input(int)}, by name. */
    public Mono<InputPin> input(String pin) {
        return input(named(pin), Map.of());
    }

    /** As {@link #input(int, Pull)}, by name. */
    public Mono<InputPin> input(String pin, Pull pull) {
        return input(named(pin), options(pull));
    }

    private Mono<InputPin> input(Object pin, Map<String, Object> options) {
        return open(pin, IN, options).thenReturn(new InputPin(requests, pin));
    }

    /** Makes a pin an output, with the level that it has. */
    public Mono<OutputPin> output(int pin) {
        return output(pin, OUT, Map.of());
    }

    /**
     * Makes a pin an output.
     *
     * @param initial its level from the first moment on
     */
    public Mono<OutputPin> output(int pin, boolean initial) {
        return output(pin, OUT, options(initial));
    }

    /** As {@link #output(int)}, by name. */
    public Mono<OutputPin> output(String pin) {
        return output(named(pin), OUT, Map.of());
    }

    /** As {@link #output(int, boolean)}, by name. */
    public Mono<OutputPin> output(String pin, boolean initial) {
        return output(named(pin), OUT, options(initial));
    }

    /** Makes a pin an output that drives low only, and lets go of it otherwise: for wires with several drivers. Lets go of it at first. */
    public Mono<OutputPin> openDrain(int pin) {
        return output(pin, OPEN_DRAIN, options(true));
    }

    /** As {@link #openDrain(int)}, by name. */
    public Mono<OutputPin> openDrain(String pin) {
        return output(named(pin), OPEN_DRAIN, options(true));
    }

    private Mono<OutputPin> output(Object pin, String mode, Map<String, Object> options) {
        return open(pin, mode, options).thenReturn(new OutputPin(requests, pin));
    }

    /**
     * Starts pulse-width modulation on a pin.
     *
     * @param frequency in hertz, at least 1 (an ESP32: to 40 MHz, with the fewer steps of duty the faster)
     * @param duty which part of the time the pin is high: 0 to 1, in steps of 1/65,535
     * @return with what is in force
     */
    public Mono<Pwm> pwm(int pin, int frequency, double duty) {
        return Pwm.start(requests, pin, frequency, duty);
    }

    /** As {@link #pwm(int, int, double)}, by name. */
    public Mono<Pwm> pwm(String pin, int frequency, double duty) {
        return Pwm.start(requests, named(pin), frequency, duty);
    }

    /** Ends pulse-width modulation on a pin, whoever has started it; does nothing to a pin that has none. */
    public Mono<Void> stopPwm(int pin) {
        return Pwm.stop(requests, pin);
    }

    /** As {@link #stopPwm(int)}, by name. */
    public Mono<Void> stopPwm(String pin) {
        return Pwm.stop(requests, named(pin));
    }

    /** Returns a pin as an analog input, with the device's own attenuation. Asks the device nothing yet. */
    public AdcPin adc(int pin) {
        return new AdcPin(requests, pin, Map.of());
    }

    /** Returns a pin as an analog input. Asks the device nothing yet. */
    public AdcPin adc(int pin, Attenuation attenuation) {
        return new AdcPin(requests, pin, options(attenuation));
    }

    /** As {@link #adc(int)}, by name. */
    public AdcPin adc(String pin) {
        return new AdcPin(requests, named(pin), Map.of());
    }

    /** As {@link #adc(int, Attenuation)}, by name. */
    public AdcPin adc(String pin, Attenuation attenuation) {
        return new AdcPin(requests, named(pin), options(attenuation));
    }

    private Mono<Boolean> open(Object pin, String mode, Map<String, Object> options) {
        return requests.request(Operation.PIN_OPEN, pin, mode, options).map(Pins::level);
    }

    static boolean level(List<@Nullable Object> results) {
        return Answer.ofList("pin", results).requiredLevel(0);
    }

    private static Object named(String pin) {
        return Objects.requireNonNull(pin, "pin");
    }

    private static Map<String, Object> options(Pull pull) {
        return Map.of("pull", pull.word());
    }

    private static Map<String, Object> options(boolean value) {
        return Map.of("value", value ? 1 : 0);
    }

    private static Map<String, Object> options(Attenuation attenuation) {
        return Map.of("attenuation", attenuation.number());
    }
}
