package dev.uartnet.proxy.board;

import org.jspecify.annotations.Nullable;

/**
 * What an analog input measured ({@link AdcPin#read}).
 *
 * @param raw 0 to 65,535, the whole of what the input can measure
 * @param volts the same in volts, by the chip's own calibration; null where the platform has none
 */
public record AdcReading(int raw, @Nullable Double volts) {
    private static final double MICROS = 1e6;

    static AdcReading of(Answer answer, int place) {
        return new AdcReading(answer.requiredInteger(place), volts(answer, place + 1));
    }

    static @Nullable Double volts(Answer answer, int place) {
        Long micros = answer.number(place);
        return micros == null ? null : (Double) (micros / MICROS);
    }
}
