package dev.uartnet.codec.link;

/**
 * The random numbers of the fault schedules, defined so that any language can draw the same: SplitMix64 (Steele, Lea, Flood 2014).
 *
 * <pre>
 *     next():       state += 9E3779B97F4A7C15; return mix(state)                     all modulo 2^64
 *     mix(z):       z = (z ^ z >>> 30) * BF58476D1CE4E5B9; z = (z ^ z >>> 27) * 94D049BB133111EB; return z ^ z >>> 31
 *     below(n):     ((next() >>> 32) * n) >>> 32                                      0 to n - 1
 *     of(seed, purpose): a generator whose first state is mix(mix(seed) + purpose)
 * </pre>
 */
final class SplitMix {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    SplitMix(long state) {
        this.state = state;
    }

    /** A generator for one purpose of a schedule: what one draws does not change what another draws. */
    static SplitMix of(long seed, long purpose) {
        return new SplitMix(mix(mix(seed) + purpose));
    }

    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long next() {
        state += GAMMA;
        return mix(state);
    }

    int below(int n) {
        return (int) (((next() >>> 32) * n) >>> 32);
    }

    /** Both ends are included. */
    int between(int least, int most) {
        return least + below(most - least + 1);
    }

    boolean oneIn(int n) {
        return below(n) == 0;
    }

    int pick(int... values) {
        return values[below(values.length)];
    }
}
