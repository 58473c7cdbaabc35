package dev.uartnet.codec.link;

/**
 * How long a frame and its acknowledgement take, and after what time a frame counts as lost: RFC 6298 with its constants, but a
 * floor that follows the line's speed instead of one second, and at most 5 s (PROTOCOL.md, section 5). Times in nanoseconds.
 */
final class RoundTrip {
    static final long TIMEOUT_MAX = 5_000_000_000L;

    private static final long TIMEOUT_FIRST = 1_000_000_000L;
    private static final int ALPHA = 8;
    private static final int BETA = 4;
    private static final int K = 4;

    private final RoundTripRecorder recorder;
    private long floor;
    private long smoothed;
    private long variation;
    private long timeout;

    RoundTrip(long floor, RoundTripRecorder recorder) {
        this.floor = floor;
        this.recorder = recorder;
        timeout = Math.max(floor, TIMEOUT_FIRST);
    }

    /** A frame that was sent once has been acknowledged (Karn's rule: one that was repeated tells nothing). */
    void sample(long nanos) {
        recorder.record(nanos);
        if (smoothed == 0) {
            smoothed = Math.max(1, nanos);
            variation = nanos / 2;
        } else {
            variation += (Math.abs(smoothed - nanos) - variation) / BETA;
            smoothed += (nanos - smoothed) / ALPHA;
        }
        reset();
    }

    /**
     * A frame that was repeated has been acknowledged: the line works, so the time is no longer doubled.
     *
     * @param nanosSinceFirst how long ago the frame was sent first, if it was repeated only because time was up: if that transmission
     *     arrived after all, then the time is too short, every frame would be repeated, and no sample ever be taken; else 0
     */
    void progress(long nanosSinceFirst) {
        reset();
        timeout = Math.min(TIMEOUT_MAX, Math.max(timeout, nanosSinceFirst + nanosSinceFirst / 4));
    }

    private void reset() {
        // RFC 6298's granularity G: an acknowledgement may just miss a full frame, and then rides on the next, however
        // steady the others are.
        long measured = smoothed == 0 ? TIMEOUT_FIRST : smoothed + Math.max(floor / 2, K * variation);
        timeout = Math.min(TIMEOUT_MAX, Math.max(floor, measured));
    }

    /** The line has another speed now: what was measured on the old one is no guide. */
    void floor(long nanos) {
        floor = nanos;
        smoothed = 0;
        variation = 0;
        reset();
    }

    /** Nothing came in time: next time, wait twice as long. */
    void backOff() {
        timeout = Math.min(TIMEOUT_MAX, 2 * timeout);
    }

    long timeout() {
        return timeout;
    }

    /** Within this time of its last repetition, a frame that is still reported missing may be under way. */
    long smoothed() {
        return smoothed == 0 ? timeout : smoothed;
    }
}
