package dev.uartnet.esp32;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pins of a virtual device, those of an ESP32, and what is around them, scripted by a test.
 *
 * <pre>{@code
 * device.pins().drive(4, true);               // a button
 * device.pins().connect(18, 19);              // a wire
 * device.pins().edges(5, 1000, Duration.ofMillis(5));
 * device.pins().adc(34, 1_650_000);           // 1.65 V
 * }</pre>
 *
 * <p>Any thread may call; each call waits for the device's event loop.
 */
public final class SimulatedPins {
    /** A pin name of the board, and its number. */
    private static final String LED = "LED";

    private static final int LED_NUMBER = 2;
    private static final int LAST = 39;
    /** From here on a pin has no output. */
    private static final int INPUT_ONLY = 34;

    private static final String SPARED = ",20,24,28,29,30,31,";

    private final Board board;
    private final Map<Integer, Pad> pads = new TreeMap<>();

    SimulatedPins(Board board) {
        this.board = board;
    }

    /** Something outside drives a pin high or low; an output of the device's is stronger. */
    public void drive(int pin, boolean level) {
        board.loop().run(() -> pad(pin).drive(level, board.micros()));
    }

    /** What was outside lets a pin go: its pull decides. */
    public void release(int pin) {
        board.loop().run(() -> pad(pin).drive(null, board.micros()));
    }

    /** Returns the level of a pin, as a voltmeter would show it. */
    public boolean level(int pin) {
        return board.loop().call(() -> pad(pin).level());
    }

    /** Lays a wire between two pins. */
    public void connect(int one, int other) {
        board.loop().run(() -> pad(one).connect(pad(other), board.micros()));
    }

    /**
     * Toggles a pin from outside, and returns at once. Each edge has the device time at which it was due, as an interrupt would see it.
     *
     * @param count edges
     * @param interval from one to the next; the first comes after one, too
     */
    public void edges(int pin, int count, Duration interval) {
        board.loop().run(() -> {
            EdgeTrain train = new EdgeTrain(board, pad(pin), count, interval.toNanos() / 1000);
            train.begin();
        });
    }

    /** The voltage that the ADC finds at a pin, in microvolts. Default 0. */
    public void adc(int pin, long microvolts) {
        board.loop().run(() -> pad(pin).microvolts(microvolts));
    }

    /** Returns the frequency of the PWM that runs on a pin, in Hz; empty without one. */
    public OptionalDouble pwmFrequency(int pin) {
        Pad.Pwm pwm = board.loop().call(() -> pad(pin).pwm());
        return pwm == null ? OptionalDouble.empty() : OptionalDouble.of(pwm.frequency());
    }

    /** Returns the share of the time that the PWM on a pin is high, 0 to 1; empty without one. */
    public OptionalDouble pwmDuty(int pin) {
        Pad.Pwm pwm = board.loop().call(() -> pad(pin).pwm());
        return pwm == null ? OptionalDouble.empty() : OptionalDouble.of(pwm.duty() / 65_535.0);
    }

    private Pad pad(int pin) {
        if (pin < 0 || pin > LAST || SPARED.contains("," + pin + ",")) {
            throw new IllegalArgumentException("an ESP32 has no pin " + pin);
        }
        return pads.computeIfAbsent(pin, Pad::new);
    }

    // ---- for the device

    /** The pin that a host names. */
    Pad find(@Nullable Object name) throws DeviceException {
        if (name instanceof String text) {
            if (text.equals(LED)) {
                return pad(LED_NUMBER);
            }
        } else if (!(name instanceof Long)) {
            throw DeviceException.badRequest("pin", "must be a number or a name");
        } else {
            try {
                return pad(Arguments.integer("pin", name, 0, 255));
            } catch (IllegalArgumentException e) {
                // none of this chip
            }
        }
        throw DeviceException.badRequest("pin " + name, "this board has none of that name");
    }

    static boolean hasOutput(Pad pad) {
        return pad.number < INPUT_ONLY;
    }

    /** The device has started again; what is around it stays. */
    void restart(boolean hard) {
        if (hard) {
            pads.values().forEach(pad -> pad.reset(board.micros()));
        }
    }
}
