package dev.uartnet.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of a picture's axis as places between 0 and 1, and where its ticks stand. */
final class Axis {
    private static final int TICKS = 6;
    /** An axis with smaller ticks than this, or with such as the other, names all of them as powers. */
    private static final double POWERS_BELOW = 0.01;

    private static final double POWERS_FROM = 1e6;
    private static final int DECIMALS_MAX = 9;

    private final boolean log;
    private final double low;
    private final double high;
    private final List<Double> ticks = new ArrayList<>();

    private Axis(boolean log, double low, double high) {
        this.log = log;
        this.low = low;
        this.high = high;
    }

    /** An axis that shows all these values: powers of ten, or round steps from 0. */
    static Axis of(boolean log, double[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return log ? logarithmic(min, max) : linear(max);
    }

    private static Axis logarithmic(double min, double max) {
        int from = (int) Math.floor(Math.log10(min) + 1e-9);
        int to = Math.max(from + 1, (int) Math.ceil(Math.log10(max) - 1e-9));
        Axis axis = new Axis(true, from, to);
        for (int power = from; power <= to; power++) {
            axis.ticks.add(Math.pow(10, power));
        }
        return axis;
    }

    private static Axis linear(double max) {
        double rough = (max <= 0 ? 1 : max) / TICKS;
        double unit = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = unit;
        for (double factor : new double[] {1, 2, 2.5, 5, 10}) {
            step = unit * factor;
            if (step >= rough) {
                break;
            }
        }
        double top = Math.ceil((max <= 0 ? 1 : max) / step - 1e-9) * step;
        Axis axis = new Axis(false, 0, top);
        for (int i = 0; i * step <= top * (1 + 1e-9); i++) {
            axis.ticks.add(i * step);
        }
        return axis;
    }

    /** Returns where a value stands: 0 is the axis' begin, 1 its end. */
    double place(double value) {
        double at = log ? Math.log10(value) : value;
        return (at - low) / (high - low);
    }

    List<Double> ticks() {
        return ticks;
    }

    /** A tick's words: all of an axis in the same form. */
    String label(double value) {
        if (log) {
            boolean powers = ticks.stream().anyMatch(tick -> tick < POWERS_BELOW || tick >= POWERS_FROM);
            return powers ? String.format(Locale.ROOT, "1e%d", Math.round(Math.log10(value))) : Page.number(value);
        }
        return String.format(Locale.ROOT, "%,." + decimals() + "f", value);
    }

    /** As many as the step between two ticks has. */
    private int decimals() {
        double step = ticks.get(1);
        int decimals = 0;
        while (decimals < DECIMALS_MAX && Math.abs(step - Math.rint(step)) > 1e-9) {
            step *= 10;
            decimals++;
        }
        return decimals;
    }
}
