package dev.uartnet.esp32;

import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * PIN_WATCH. Edges wait for the host in a ring; in a full one the newest gives way to what comes, and counts as lost: so the last edge always
 * arrives. With debounce an edge counts when no other comes for that time.
 */
final class PinWatch extends StreamingRequest {
    private static final int EDGES_MAX = 64;
    private static final int DEBOUNCE_MICROS_MAX = 60_000_000;

    private enum Edges {
        RISING,
        FALLING,
        BOTH;

        boolean have(boolean level) {
            return this == BOTH || level == (this == RISING);
        }
    }

    private record Edge(long micros, boolean level, long lost) {}

    private final Arguments args;
    private final ArrayDeque<Edge> ring = new ArrayDeque<>();
    private Edges edges = Edges.BOTH;
    private int debounceMicros;
    private @Nullable Pad pad;
    /** With debounce: the level that counts. */
    private boolean settled;
    /** The edge that counts if no other comes. */
    private @Nullable Edge bouncing;

    private @Nullable Future<?> settling;

    PinWatch(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        Object name = args.any();
        Pad pin = PinAnswers.opened(session, name);
        edges = edges(args.text("edges"));
        debounceMicros = args.integer("debounce", 0, DEBOUNCE_MICROS_MAX);
        if (pin.watch() != null) {
            throw PinAnswers.refusal(name, "is watched already");
        }
        settled = pin.level();
        pin.watch(this);
        pad = pin;
    }

    private static Edges edges(String word) throws DeviceException {
        for (Edges known : Edges.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(word)) {
                return known;
            }
        }
        throw DeviceException.badRequest("edges", "must be rising, falling or both");
    }

    /** The level has changed, at that device time. */
    void edge(long micros, boolean level) {
        if (debounceMicros == 0) {
            if (edges.have(level)) {
                keep(new Edge(micros, level, 0));
            }
            return;
        }
        Edge before = bouncing;
        if (before != null && micros - before.micros >= debounceMicros) {
            settle(); // the timer is late
        }
        bouncing = new Edge(micros, level, 0);
        if (settling != null) {
            settling.cancel(false);
        }
        long left = micros + debounceMicros - session.board().micros();
        settling = session.board().loop().after(TimeUnit.MICROSECONDS.toNanos(left), this::settle);
    }

    private void settle() {
        Edge edge = bouncing;
        bouncing = null;
        if (edge != null && edge.level != settled) {
            settled = edge.level;
            if (edges.have(edge.level)) {
                keep(edge);
            }
        }
    }

    private void keep(Edge edge) {
        if (ring.size() < EDGES_MAX) {
            ring.add(edge);
        } else {
            Edge givesWay = ring.removeLast();
            ring.add(new Edge(edge.micros, edge.level, givesWay.lost + 1));
        }
        pull();
    }

    @Override
    void sendItem() {
        Edge edge = ring.poll();
        if (edge != null) {
            next(List.of(edge.micros, edge.level ? 1 : 0, edge.lost));
        }
    }

    @Override
    void ended() {
        if (settling != null) {
            settling.cancel(false);
        }
        if (pad != null) {
            pad.watch(null);
        }
    }

    @Override
    void abandon() {
        // ended() has done it.
    }
}
