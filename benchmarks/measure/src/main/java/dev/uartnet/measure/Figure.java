package dev.uartnet.measure;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was measured, as benchmarks/README.md describes it. What is null is left out of the file.
 *
 * @param group heading of the report; null: the results' title
 * @param value median of the repetitions
 * @param low least of them
 * @param high greatest of them
 * @param comparison how value and target are compared: {@code >=} or {@code <=}
 * @param limit what holds it: {@code line}, {@code device}, {@code host}, or words
 */
public record Figure(
        @Nullable String group,
        String name,
        double value,
        String unit,
        @Nullable Double target,
        @Nullable String comparison,
        @Nullable Boolean reached,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Integer repetitions,
        @Nullable String limit,
        @Nullable String note) {

    /** A figure without a target. */
    public static Figure of(String group, String name, String unit, Repetitions repetitions) {
        return new Figure(
                group,
                name,
                repetitions.median(),
                unit,
                null,
                null,
                null,
                repetitions.low(),
                repetitions.high(),
                repetitions.count(),
                null,
                null);
    }

    /** A figure that was measured once, without a target. */
    public static Figure of(String group, String name, String unit, double value) {
        return of(group, name, unit, Repetitions.of(value));
    }

    /** The same, to be at least so much. */
    public Figure atLeast(double wanted) {
        return with(wanted, ">=", value >= wanted);
    }

    /** The same, to be at most so much. */
    public Figure atMost(double wanted) {
        return with(wanted, "<=", value <= wanted);
    }

    private Figure with(double wanted, String compared, boolean met) {
        return new Figure(group, name, value, unit, wanted, compared, met, low, high, repetitions, limit, note);
    }

    /** The same, with neither a target nor what holds it. */
    public Figure withoutTarget() {
        return new Figure(group, name, value, unit, null, null, null, low, high, repetitions, null, note);
    }

    /** The same, with what holds it. */
    public Figure limit(String what) {
        return new Figure(group, name, value, unit, target, comparison, reached, low, high, repetitions, what, note);
    }

    /** The same, with a remark. */
    public Figure note(String words) {
        return new Figure(group, name, value, unit, target, comparison, reached, low, high, repetitions, limit, words);
    }
}
