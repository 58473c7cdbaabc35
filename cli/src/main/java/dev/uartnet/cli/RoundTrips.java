package dev.uartnet.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Round trips that were measured. */
final class RoundTrips {
    private final List<Duration> sorted = new ArrayList<>();

    void add(Duration time) {
        int at = Collections.binarySearch(sorted, time);
        sorted.add(at < 0 ? -at - 1 : at, time);
    }

    int count() {
        return sorted.size();
    }

    boolean isEmpty() {
        return sorted.isEmpty();
    }

    Duration min() {
        return sorted.get(0);
    }

    Duration max() {
        return sorted.get(sorted.size() - 1);
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    Duration median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
    }

    Duration mean() {
        return sorted.stream().reduce(Duration.ZERO, Duration::plus).dividedBy(sorted.size());
    }

    /** Standard deviation, as ping(8) reckons it. */
    Duration deviation() {
        double mean = mean().toNanos();
        double variance = sorted.stream()
                .mapToDouble(Duration::toNanos)
                .map(nanos -> (nanos - mean) * (nanos - mean))
                .average()
                .orElse(0);
        return Duration.ofNanos(Math.round(Math.sqrt(variance)));
    }
}
