package dev.uartnet.esp32;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * ADC_SAMPLE. Time is cut into intervals: one in which the loop did not come by has no sample, and counts as left out. An item's samples are
 * of successive intervals; a gap ends it early. A full item waits until it may go; without demand nothing waits behind it.
 */
final class AdcSample extends TimedStream {
    private static final int INTERVAL_MICROS_MIN = 1000;
    private static final int INTERVAL_MICROS_MAX = 60_000_000;
    private static final int SAMPLES_MAX = 32;

    private final Arguments args;
    private @Nullable Converter converter;
    private int interval = INTERVAL_MICROS_MIN;
    private int size = 1;
    private long first;
    private long leftOut;
    private long leftOutBeforeItem;
    private List<Object> samples = new ArrayList<>();
    private @Nullable List<Object> full;
    private long last;

    AdcSample(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        Object name = args.any();
        interval = args.integer("interval", INTERVAL_MICROS_MIN, INTERVAL_MICROS_MAX);
        size = args.integer("samples", 1, SAMPLES_MAX);
        converter = Converter.of(session, name, args.optionsOrNone());
        last = session.board().micros() / interval - 1;
        tick();
    }

    @Override
    void tick() {
        long now = session.board().micros();
        long passed = now / interval - last;
        if (passed > 0) {
            last += passed;
            if (passed > 1) {
                gap();
                pull();
                leftOut += passed - 1;
            }
            if (full == null) {
                sample(now);
            } else {
                leftOut++;
            }
        }
        long left = (last + 1) * interval - session.board().micros();
        tickAfter(TimeUnit.MICROSECONDS.toNanos(left));
        pull();
    }

    private void sample(long now) {
        Converter adc = converter;
        if (adc == null) {
            return;
        }
        if (samples.isEmpty()) {
            first = now;
            leftOutBeforeItem = leftOut;
            leftOut = 0;
        }
        samples.add(adc.raw());
        samples.add(adc.microvolts());
        if (samples.size() >= 2 * size) {
            complete();
        }
    }

    /** No more can be added to an item that has begun. */
    private void gap() {
        if (!samples.isEmpty()) {
            complete();
        }
    }

    private void complete() {
        List<Object> item = new ArrayList<>(List.of(first, leftOutBeforeItem));
        item.addAll(samples);
        full = item;
        samples = new ArrayList<>();
    }

    @Override
    void sendItem() {
        List<Object> item = full;
        if (item != null) {
            full = null;
            next(item);
        }
    }
}
