package dev.uartnet.esp32;

/**
 * What has happened in one direction of a line so far. Immutable.
 *
 * <p>{@code bytesOut = bytesIn + duplicated + inserted - dropped - lostInBursts - overruns - lostToCut}, plus or minus what a
 * difference of speeds has made more or less of, and what is still under way.
 *
 * @param bytesIn bytes that the sender has sent
 * @param bytesOut bytes that the receiver got
 * @param flipped bytes with a wrong bit
 * @param dropped bytes lost one by one
 * @param duplicated bytes that came twice
 * @param inserted bytes that nobody has sent
 * @param bursts bursts of lost bytes
 * @param lostInBursts bytes lost in them
 * @param stalls how often faults have made the line stand still
 * @param garbled bytes sent at another speed than that of the receiver, so that garbage came
 * @param lostToCut bytes lost while the line was cut
 * @param overruns bytes lost because the receiver's FIFO was full
 */
public record LineCounters(
        long bytesIn,
        long bytesOut,
        long flipped,
        long dropped,
        long duplicated,
        long inserted,
        long bursts,
        long lostInBursts,
        long stalls,
        long garbled,
        long lostToCut,
        long overruns) {

    static final LineCounters ZERO = new LineCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** The same faults, with what only the line itself knows. */
    LineCounters onLine(long in, long out, long garbage, long cut, long overrun) {
        return new LineCounters(
                in, out, flipped, dropped, duplicated, inserted, bursts, lostInBursts, stalls, garbage, cut, overrun);
    }
}
