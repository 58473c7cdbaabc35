package dev.uartnet.esp32;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pin of the chip: what it is set to, what is wired to it, and who listens to its edges. */
final class Pad {
    /** How a host has opened a pin. */
    enum Mode {
        CLOSED,
        IN,
        OUT,
        OPEN_DRAIN
    }

    final int number;
    private final List<Pad> wires = new ArrayList<>();
    private Mode mode = Mode.CLOSED;
    private @Nullable Boolean pull;
    private boolean output;
    private @Nullable Boolean outside;
    /** The level before. */
    private boolean seen;

    private @Nullable PinWatch watch;
    private @Nullable Pwm pwm;
    private long microvolts;

    /**
     * A running PWM.
     *
     * @param frequency in Hz
     * @param duty 0 to 65,535
     */
    record Pwm(int frequency, int duty) {}

    Pad(int number) {
        this.number = number;
    }

    Mode mode() {
        return mode;
    }

    boolean level() {
        return seen;
    }

    /** What the platform's pull makes of it when nothing drives it: null none. */
    void open(Mode opened, @Nullable Boolean pulled, @Nullable Boolean value, long micros) {
        mode = opened;
        pull = pulled;
        pwm = null;
        if (value != null) {
            output = value;
        }
        changed(micros);
    }

    /** As it is after a hard reset; what is around the chip stays. */
    void reset(long micros) {
        open(Mode.CLOSED, null, false, micros);
    }

    void write(boolean level, long micros) {
        output = level;
        changed(micros);
    }

    /** Something outside drives it; null: lets it go. */
    void drive(@Nullable Boolean level, long micros) {
        outside = level;
        changed(micros);
    }

    void connect(Pad other, long micros) {
        wires.add(other);
        other.wires.add(this);
        changed(micros);
    }

    @Nullable
    PinWatch watch() {
        return watch;
    }

    void watch(@Nullable PinWatch watcher) {
        watch = watcher;
    }

    @Nullable
    Pwm pwm() {
        return pwm;
    }

    void pwm(@Nullable Pwm running) {
        pwm = running;
    }

    long microvolts() {
        return microvolts;
    }

    void microvolts(long volts) {
        microvolts = volts;
    }

    /** After anything that may change levels. */
    private void changed(long micros) {
        Set<Pad> net = net();
        boolean level = level(net);
        for (Pad pad : net) {
            if (pad.seen != level) {
                pad.seen = level;
                if (pad.watch != null) {
                    pad.watch.edge(micros, level);
                }
            }
        }
    }

    /** It, and all that are wired to it. */
    private Set<Pad> net() {
        Set<Pad> net = new LinkedHashSet<>();
        List<Pad> left = new ArrayList<>(List.of(this));
        while (!left.isEmpty()) {
            Pad pad = left.remove(left.size() - 1);
            if (net.add(pad)) {
                left.addAll(pad.wires);
            }
        }
        return net;
    }

    /** Outputs go before what drives the net from outside, and that before pulls. */
    private static boolean level(Set<Pad> net) {
        Boolean driven = null;
        boolean pulledUp = false;
        for (Pad pad : net) {
            if (pad.mode == Mode.OUT || (pad.mode == Mode.OPEN_DRAIN && !pad.output)) {
                return pad.output;
            }
            if (pad.outside != null) {
                driven = pad.outside;
            }
            pulledUp |= Boolean.TRUE.equals(pad.pull);
        }
        return driven == null ? pulledUp : driven;
    }
}
