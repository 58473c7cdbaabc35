package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import org.jspecify.annotations.Nullable;

/** PIN_OPEN, PIN_READ, PIN_WRITE, PWM_SET, ADC_READ. */
final class PinAnswers {
    private static final int FREQUENCY_MAX = 40_000_000;
    private static final int DUTY_MAX = 65_535;

    private PinAnswers() {}

    static DeviceException refusal(@Nullable Object name, String why) {
        return new DeviceException(ErrorCode.BAD_REQUEST, "pin " + name + " " + why);
    }

    /** A pin that a host has opened before. */
    static Pad opened(DeviceSession session, @Nullable Object name) throws DeviceException {
        Pad pad = session.board().pins().find(name);
        if (pad.mode() == Pad.Mode.CLOSED) {
            throw refusal(name, "has not been opened");
        }
        return pad;
    }

    static @Nullable Object[] open(DeviceSession session, Arguments args) throws DeviceException {
        Object name = args.any();
        Pad pad = session.board().pins().find(name);
        Pad.Mode mode = mode(args.text("mode"));
        RequestOptions options = args.optionsOrNone();
        Boolean pull = pull(options.text("pull"));
        int value = options.integer("value", 0, 1, -1);
        options.end();
        if (mode != Pad.Mode.IN && !SimulatedPins.hasOutput(pad)) {
            throw refusal(name, "can only be an input");
        }
        pad.open(mode, pull, value < 0 ? null : value == 1, session.board().micros());
        return new Object[] {level(pad)};
    }

    private static Pad.Mode mode(String word) throws DeviceException {
        return switch (word) {
            case "in" -> Pad.Mode.IN;
            case "out" -> Pad.Mode.OUT;
            case "open_drain" -> Pad.Mode.OPEN_DRAIN;
            default -> throw DeviceException.badRequest("mode", "must be in, out or open_drain");
        };
    }

    private static @Nullable Boolean pull(@Nullable String word) throws DeviceException {
        if (word == null) {
            return null;
        }
        return switch (word) {
            case "up" -> true;
            case "down" -> false;
            default -> throw DeviceException.badRequest("pull", "must be up or down");
        };
    }

    private static int level(Pad pad) {
        return pad.level() ? 1 : 0;
    }

    static @Nullable Object[] read(DeviceSession session, Arguments args) throws DeviceException {
        return new Object[] {level(opened(session, args.any()))};
    }

    static @Nullable Object[] write(DeviceSession session, Arguments args) throws DeviceException {
        Object name = args.any();
        Pad pad = opened(session, name);
        int level = args.integer("level", 0, 1);
        if (pad.mode() == Pad.Mode.IN) {
            throw refusal(name, "has been opened as an input");
        }
        pad.write(level == 1, session.board().micros());
        return new Object[0];
    }

    static @Nullable Object[] pwm(DeviceSession session, Arguments args) throws DeviceException {
        Object name = args.any();
        Pad pad = session.board().pins().find(name);
        Object frequency = args.any();
        if (frequency == null) {
            pad.pwm(null);
            return new @Nullable Object[] {null, 0};
        }
        int hertz = Arguments.integer("frequency", frequency, 1, FREQUENCY_MAX);
        int duty = args.integer("duty", 0, DUTY_MAX);
        if (!SimulatedPins.hasOutput(pad)) {
            throw refusal(name, "cannot have PWM: it can only be an input");
        }
        pad.pwm(new Pad.Pwm(hertz, duty));
        return new Object[] {hertz, duty};
    }

    static @Nullable Object[] adc(DeviceSession session, Arguments args) throws DeviceException {
        Converter converter = Converter.of(session, args.any(), args.optionsOrNone());
        return new Object[] {converter.raw(), converter.microvolts()};
    }
}
