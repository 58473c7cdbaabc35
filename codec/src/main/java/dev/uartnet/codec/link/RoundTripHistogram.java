package dev.uartnet.codec.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long frames and their acknowledgements took, as an immutable snapshot: the samples of the retransmission timer (RFC 6298), so
 * none of a frame that was repeated (Karn's rule).
 *
 * <p>The buckets are log-linear, as HdrHistogram's: 16 in each doubling, so that a bucket is at most 1/16 (6 %) of its times wide from
 * 65 us on, and 4 us wide below. The last one, from 9.7 s on, takes whatever is longer. Number, sum, least and greatest are exact.
 */
public final class RoundTripHistogram {
    /** No round trips. */
    public static final RoundTripHistogram NONE;

    /** Buckets' limits are multiples of 4,096 ns. */
    private static final int UNIT_BITS = 12;

    private static final int STEP_BITS = 4;
    private static final long LONGEST = 10_000_000_000L;

    static final int BUCKETS = bucketOf(LONGEST >>> UNIT_BITS) + 1;

    static {
        NONE = new RoundTripHistogram(new long[BUCKETS], 0, Long.MAX_VALUE, 0);
    }

    /**
     * Round trips of about the same time.
     *
     * @param from the least time that belongs here
     * @param to the first time that does not
     * @param count how many there were, at least 1
     */
    public record Bucket(Duration from, Duration to, long count) {}

    private final long[] counts;
    private final long count;
    private final long sum;
    /** {@link Long#MAX_VALUE} if there is none. */
    private final long min;

    private final long max;

    /** @param counts is not copied */
    RoundTripHistogram(long[] counts, long sum, long min, long max) {
        this.counts = counts;
        this.sum = sum;
        this.min = min;
        this.max = max;
        long all = 0;
        for (long one : counts) {
            all += one;
        }
        count = all;
    }

    static int bucket(long nanos) {
        return Math.min(BUCKETS - 1, bucketOf(nanos >>> UNIT_BITS));
    }

    /** The first 16 are one unit wide, and so are the next; then the width doubles with each 16. */
    private static int bucketOf(long units) {
        int shift = Math.max(0, Long.SIZE - 1 - STEP_BITS - Long.numberOfLeadingZeros(units));
        return (shift << STEP_BITS) + (int) (units >>> shift);
    }

    /** The least time of a bucket, in nanoseconds. */
    private static long from(int bucket) {
        int shift = Math.max(0, (bucket >> STEP_BITS) - 1);
        return (bucket - ((long) shift << STEP_BITS)) << shift << UNIT_BITS;
    }

    /** The first time behind a bucket, in nanoseconds. */
    private long to(int bucket) {
        return bucket == BUCKETS - 1 ? Math.max(max + 1, from(bucket + 1)) : from(bucket + 1);
    }

    /** Returns how many round trips were measured. */
    public long count() {
        return count;
    }

    /** Returns the sum of all; zero if there were none. */
    public Duration sum() {
        return Duration.ofNanos(sum);
    }

    /** Returns the shortest; zero if there were none. */
    public Duration min() {
        return Duration.ofNanos(count == 0 ? 0 : min);
    }

    /** Returns the longest; zero if there were none. */
    public Duration max() {
        return Duration.ofNanos(max);
    }

    /** Returns the arithmetic mean; zero if there were none. */
    public Duration mean() {
        return Duration.ofNanos(count == 0 ? 0 : sum / count);
    }

    /**
     * Returns the time within which a share of the round trips were over.
     *
     * @param percent 0 to 100; 50 gives the median
     * @return the limit of its bucket, so that the true time is at most 6 % (or 4 us) shorter; zero if there were none
     */
    public Duration percentile(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentile is 0 to 100: " + percent);
        }
        if (count == 0) {
            return Duration.ZERO;
        }
        long rank = Math.max(1, (long) Math.ceil(percent / 100 * count));
        long seen = 0;
        int bucket = -1;
        while (seen < rank) {
            bucket++;
            seen += counts[bucket];
        }
        return Duration.ofNanos(Math.min(max, to(bucket) - 1));
    }

    /** Returns those buckets that are not empty, from short to long. */
    public List<Bucket> buckets() {
        List<Bucket> filled = new ArrayList<>();
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] > 0) {
                filled.add(new Bucket(Duration.ofNanos(from(i)), Duration.ofNanos(to(i)), counts[i]));
            }
        }
        return filled;
    }

    /** Returns the round trips of both. */
    public RoundTripHistogram plus(RoundTripHistogram other) {
        long[] all = counts.clone();
        for (int i = 0; i < BUCKETS; i++) {
            all[i] += other.counts[i];
        }
        return new RoundTripHistogram(all, sum + other.sum, Math.min(min, other.min), Math.max(max, other.max));
    }

    /**
     * Returns the round trips since an earlier snapshot of the same link. Of these, least and greatest are known as well as their
     * buckets tell.
     */
    public RoundTripHistogram minus(RoundTripHistogram earlier) {
        long[] since = counts.clone();
        long least = Long.MAX_VALUE;
        long greatest = 0;
        for (int i = 0; i < BUCKETS; i++) {
            since[i] -= earlier.counts[i];
            if (since[i] > 0) {
                least = Math.min(least, Math.max(min, from(i)));
                greatest = Math.min(max, to(i) - 1);
            }
        }
        return new RoundTripHistogram(since, sum - earlier.sum, least, greatest);
    }

    @Override
    public String toString() {
        return count + " round trips"
                + (count == 0 ? "" : ", " + min() + " to " + max() + ", median " + percentile(50));
    }
}
