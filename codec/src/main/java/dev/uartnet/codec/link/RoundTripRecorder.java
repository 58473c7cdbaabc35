package dev.uartnet.codec.link;

/** Collects round trips, without allocating, for {@link RoundTripHistogram}. Lives on the link's event loop. */
final class RoundTripRecorder {
    private final long[] counts = new long[RoundTripHistogram.BUCKETS];
    private long sum;
    private long min = Long.MAX_VALUE;
    private long max;

    void record(long nanos) {
        long time = Math.max(0, nanos);
        counts[RoundTripHistogram.bucket(time)]++;
        sum += time;
        min = Math.min(min, time);
        max = Math.max(max, time);
    }

    RoundTripHistogram snapshot() {
        return new RoundTripHistogram(counts.clone(), sum, min, max);
    }
}
