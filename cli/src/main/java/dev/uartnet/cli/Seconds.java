package dev.uartnet.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A duration that is given in seconds, with fractions. */
final class Seconds implements ITypeConverter<Duration> {
    private static final double MIN = 0.001;
    private static final double MAX = 86_400;

    @Override
    public Duration convert(String value) {
        double seconds;
        try {
            seconds = Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw wrong(value);
        }
        if (!(seconds >= MIN && seconds <= MAX)) {
            throw wrong(value);
        }
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private static TypeConversionException wrong(String value) {
        return new TypeConversionException("must be 0.001 to 86400 seconds, not '" + value + "'");
    }
}
