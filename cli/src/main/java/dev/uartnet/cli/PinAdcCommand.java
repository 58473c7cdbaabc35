package dev.uartnet.cli;

import dev.uartnet.proxy.board.AdcPin;
import dev.uartnet.proxy.board.AdcReading;
import dev.uartnet.proxy.board.AdcSample;
import dev.uartnet.proxy.board.Attenuation;
import dev.uartnet.proxy.board.Pins;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code uartnet pin PIN adc}. */
@CommandLine.Command(
        name = "adc",
        customSynopsis = "uartnet pin PIN adc [--every SECONDS] [--count N] [--attenuation DB] [OPTION...]",
        description = {
            "Measures the voltage at the pin, and prints it: the raw value, 0 to 65535, and volts, where the chip is calibrated.",
            "With --every: again and again until Ctrl-C or --count, each with the seconds since the device booted before it."
        })
final class PinAdcCommand extends PinStreamCommand {
    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "From one measurement to the next, 0.001 or more.")
    private @Nullable Duration interval;

    @Option(
            names = "--attenuation",
            paramLabel = "DB",
            description = "0, 2.5, 6 or 11: to about 0.95, 1.25, 1.75 or 3.1 V on an ESP32 (default: the device's).")
    private @Nullable String decibels;

    private @Nullable Attenuation attenuation;

    PinAdcCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    void checkArguments() throws UsageException {
        super.checkArguments();
        attenuation = decibels == null
                ? null
                : switch (decibels) {
                    case "0" -> Attenuation.DB_0;
                    case "2.5" -> Attenuation.DB_2_5;
                    case "6" -> Attenuation.DB_6;
                    case "11" -> Attenuation.DB_11;
                    default -> throw new UsageException("--attenuation must be 0, 2.5, 6 or 11: " + decibels);
                };
    }

    @Override
    void run(Device device, Pins pins) throws Exception {
        AdcPin input = pin().adc(pins, attenuation);
        if (interval == null) {
            AdcReading reading = device.await(input.read());
            invocation.output().line(text(reading.raw(), reading.volts()));
            return;
        }
        device.each(counted(input.sample(interval)), this::print);
    }

    private void print(AdcSample sample) throws IOException {
        print(sample.time(), sample.lost(), "sample", text(sample.raw(), sample.volts()));
    }

    private static String text(int raw, @Nullable Double volts) {
        return volts == null ? Integer.toString(raw) : String.format(Locale.ROOT, "%5d  %.4f V", raw, volts);
    }
}
