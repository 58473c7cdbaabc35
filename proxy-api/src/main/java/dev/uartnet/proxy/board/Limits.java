package dev.uartnet.proxy.board;

import java.time.Duration;

/** Checks of what callers give. */
final class Limits {
    private Limits() {}

    /** A duration that is at least a millisecond. */
    static Duration positive(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 ms: " + duration);
        }
        return duration;
    }
}
