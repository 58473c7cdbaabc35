package dev.uartnet.proxy.board;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of an analog input's regular measurements ({@link AdcPin#sample}).
 *
 * @param time when, by the device: since it booted; exact to one interval
 * @param raw 0 to 65,535, the whole of what the input can measure
 * @param volts the same in volts, by the chip's own calibration; null where the platform has none
 * @param lost how many were left out right before this one, because the device was busy, or the host took them too slowly
 */
public record AdcSample(Duration time, int raw, @Nullable Double volts, long lost) {
    private static final int HEAD = 2;
    private static final int VALUES = 2;

    /** An item has the samples of some intervals. */
    static List<AdcSample> listOf(Optional<Object> item, Duration interval) {
        Answer values = Answer.ofItem("samples of an analog input", item);
        Duration time = Duration.of(values.requiredNumber(0), ChronoUnit.MICROS);
        long lost = values.requiredNumber(1);
        List<AdcSample> samples = new ArrayList<>();
        for (int place = HEAD; place < values.values().size(); place += VALUES) {
            AdcReading reading = AdcReading.of(values, place);
            samples.add(new AdcSample(time, reading.raw(), reading.volts(), lost));
            time = time.plus(interval);
            lost = 0;
        }
        return samples;
    }
}
