package dev.uartnet.measure;

import java.util.Arrays;
import java.util.Collection;

/** One figure, measured several times. */
public final class Repetitions {
    private final double[] sorted;

    private Repetitions(double[] values) {
        sorted = values.clone();
        Arrays.sort(sorted);
    }

    /**
     * Returns the repetitions of one figure.
     *
     * @param values at least one
     */
    public static Repetitions of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        return new Repetitions(values);
    }

    /** The same of numbers in a collection. */
    public static Repetitions of(Collection<? extends Number> values) {
        return of(values.stream().mapToDouble(Number::doubleValue).toArray());
    }

    public int count() {
        return sorted.length;
    }

    public double low() {
        return sorted[0];
    }

    public double high() {
        return sorted[sorted.length - 1];
    }

    /** Returns the one in the middle; of two, the lower one. */
    public double median() {
        return sorted[(sorted.length - 1) / 2];
    }
}
