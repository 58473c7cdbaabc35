package dev.uartnet.esp32;

import java.util.concurrent.TimeUnit;

/** Edges in even intervals, which something outside makes at a pin. */
final class EdgeTrain {
    private final Board board;
    private final Pad pad;
    private final long intervalMicros;
    private int left;
    private long due;

    EdgeTrain(Board board, Pad pad, int count, long intervalMicros) {
        this.board = board;
        this.pad = pad;
        this.left = count;
        this.intervalMicros = intervalMicros;
    }

    void begin() {
        due = board.micros() + intervalMicros;
        next();
    }

    /** Makes those that are due: the loop may come late, they do not. */
    private void next() {
        while (left > 0 && due <= board.micros()) {
            left--;
            pad.drive(!pad.level(), due);
            due += intervalMicros;
        }
        if (left > 0) {
            var unused = board.loop().after(TimeUnit.MICROSECONDS.toNanos(due - board.micros()), this::next);
        }
    }
}
