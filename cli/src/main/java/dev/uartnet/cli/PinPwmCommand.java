package dev.uartnet.cli;

import dev.uartnet.proxy.board.Pins;
import dev.uartnet.proxy.board.Pwm;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code uartnet pin PIN pwm}. */
@CommandLine.Command(
        name = "pwm",
        customSynopsis = "uartnet pin PIN pwm [OPTION...] (FREQUENCY DUTY | --off)",
        description =
                "Starts pulse-width modulation on the pin, and prints what is in force: the nearest that the chip has.")
final class PinPwmCommand extends PinCommand {
    private static final double PER_CENT = 100;

    @Parameters(index = "0", paramLabel = "FREQUENCY", arity = "0..1", description = "In hertz, at least 1.")
    private @Nullable Integer frequency;

    @Parameters(
            index = "1",
            paramLabel = "DUTY",
            arity = "0..1",
            description = "Which part of the time the pin is high: 0 to 1, or 0%% to 100%%.")
    private @Nullable String dutyText;

    @Option(names = "--off", description = "End it.")
    private boolean off;

    private double duty;

    PinPwmCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void checkArguments() throws UsageException {
        if (off ? frequency != null : dutyText == null) {
            throw new UsageException("either FREQUENCY and DUTY, or --off");
        }
        if (frequency != null && frequency < 1) {
            throw new UsageException("FREQUENCY must be at least 1 Hz: " + frequency);
        }
        if (dutyText != null) {
            duty = duty(dutyText);
        }
    }

    static double duty(String text) throws UsageException {
        boolean percent = text.endsWith("%");
        double duty;
        try {
            duty = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text) / (percent ? PER_CENT : 1);
        } catch (NumberFormatException e) {
            duty = Double.NaN;
        }
        if (!(duty >= 0 && duty <= 1)) {
            throw new UsageException("DUTY must be 0 to 1, or 0% to 100%: " + text);
        }
        return duty;
    }

    @Override
    void run(Device device, Pins pins) throws Exception {
        if (frequency == null) {
            device.await(pin().stopPwm(pins));
            return;
        }
        Pwm pwm = device.await(pin().pwm(pins, frequency, duty));
        invocation.output().line(String.format(Locale.ROOT, "%d Hz, %.1f%%", pwm.frequency(), pwm.duty() * PER_CENT));
    }
}
