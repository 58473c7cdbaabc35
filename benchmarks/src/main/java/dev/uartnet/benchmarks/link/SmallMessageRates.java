package dev.uartnet.benchmarks.link;

import dev.uartnet.benchmarks.part.Effort;
import dev.uartnet.benchmarks.part.Part;
import dev.uartnet.benchmarks.part.Run;
import dev.uartnet.benchmarks.rig.DeviceKind;
import dev.uartnet.benchmarks.rig.Direction;
import dev.uartnet.benchmarks.rig.Load;
import dev.uartnet.benchmarks.rig.Rig;
import dev.uartnet.measure.Figure;
import dev.uartnet.measure.Repetitions;
import dev.uartnet.measure.SmallMessages;
import java.time.Duration;
import java.util.Locale;

/** How full 64 sockets keep the line that send 32 bytes each in turn, and how many messages a second that is. */
final class SmallMessageRates implements Part {
    private static final String GROUP = "Small messages";
    private static final int SOCKETS = 64;
    private static final int BYTES = 32;
    private static final double WANTED = 90;
    private static final int[] FIRMWARE_BAUDS = {115_200, 921_600, 3_000_000};
    private static final int[] SIMULATOR_BAUDS = {921_600, 12_000_000};

    @Override
    public String how(Effort effort) {
        return LinkParts.how(effort, effort.seconds());
    }

    @Override
    public void measure(Run run) throws Exception {
        for (int baud : run.effort().lines(FIRMWARE_BAUDS)) {
            measure(run, DeviceKind.FIRMWARE, baud);
        }
        for (int baud : run.effort().lines(SIMULATOR_BAUDS)) {
            measure(run, DeviceKind.SIMULATOR, baud);
        }
    }

    private static void measure(Run run, DeviceKind kind, int baud) throws Exception {
        for (SmallMessages.Way way : SmallMessages.Way.values()) {
            try (Rig rig = new Rig(kind, baud)) {
                measure(run, rig, kind.word() + String.format(Locale.ROOT, ", %,d baud", baud), way);
            }
        }
    }

    private static void measure(Run run, Rig rig, String where, SmallMessages.Way way) throws Exception {
        int repetitions = run.effort().repetitions();
        int sockets = Math.min(SOCKETS, run.effort().socketsMax());
        double[] full = new double[repetitions];
        double[] rate = new double[repetitions];
        Load.Usage used;
        try (SmallMessages all =
                SmallMessages.start(rig.sockets(), rig.server(), sockets, BYTES, way, Duration.ofSeconds(30))) {
            Thread.sleep((long) (run.effort().seconds() * 500)); // the first moments do not count
            Load load = Load.watch(rig.board());
            for (int i = 0; i < repetitions; i++) {
                long messages = all.messages();
                long up = rig.board().wireUp();
                long down = rig.board().wireDown();
                long start = System.nanoTime();
                Thread.sleep((long) (run.effort().seconds() * 1_000)); // what is measured
                double seconds = (System.nanoTime() - start) / 1e9;
                double busy = Math.max(
                        rig.board().wireUp() - up,
                        way == SmallMessages.Way.ECHO ? rig.board().wireDown() - down : 0);
                full[i] = 100 * busy / rig.board().lineRate() / seconds;
                rate[i] = (all.messages() - messages) / seconds;
            }
            used = load.used();
        }
        String what = way == SmallMessages.Way.UP ? "up, " : "there and back, the fuller way, ";
        Figure figure = Figure.of(GROUP, what + where, "% of the line in frames", Repetitions.of(full));
        if (way == SmallMessages.Way.UP) {
            figure = figure.atLeast(WANTED);
        }
        run.add(
                Boolean.TRUE.equals(figure.reached())
                        ? figure.note(used.words())
                        : figure.limit(used.limit(Direction.UP)));
        run.add(Figure.of(GROUP, what + where, "messages/s", Repetitions.of(rate)));
    }
}
