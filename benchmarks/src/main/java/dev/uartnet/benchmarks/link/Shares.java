package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Load;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;

/** Rates of a rig, as shares of its line; each figure with how busy everything was. */
final class Shares {
    /** One measurement; returns bytes a second. */
    interface Rate {
        double measure() throws Exception;
    }

    private final Run run;
    private final Rig rig;
    private final String group;

    Shares(Run run, Rig rig, String group) {
        this.run = run;
        this.rig = rig;
        this.group = group;
    }

    /**
     * Measures as often as the run wants, and keeps the figure.
     *
     * @param wanted per cent of the line; 0: no target. A line without a rate has none, and its figure is in MB/s
     * @return bytes a second, the median
     */
    double add(String name, Direction direction, double wanted, Rate rate) throws Exception {
        double[] rates = new double[run.effort().repetitions()];
        Load load = Load.watch(rig.board());
        for (int i = 0; i < rates.length; i++) {
            rates[i] = rate.measure();
        }
        Load.Usage used = load.used();
        double line = rig.board().lineRate();
        boolean paced = line < Double.POSITIVE_INFINITY;
        Repetitions shares = Repetitions.of(scaled(rates, paced ? 100 / line : 1e-6));
        Figure figure = Figure.of(group, name, paced ? "% of the line" : "MB/s", shares);
        if (paced && wanted > 0) {
            figure = figure.atLeast(wanted);
        }
        run.add(
                Boolean.TRUE.equals(figure.reached())
                        ? figure.note(used.words())
                        : figure.limit(used.limit(direction)));
        return Repetitions.of(rates).median();
    }

    static double[] scaled(double[] values, double factor) {
        double[] scaled = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = values[i] * factor;
        }
        return scaled;
    }
}
