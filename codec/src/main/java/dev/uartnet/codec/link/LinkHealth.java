package dev.uartnet.codec.link;

import java.time.Duration;

/**
 * How a link fares, as an immutable snapshot. Two of them tell what happened in between, and how fast:
 *
 * <pre>{@code
 * LinkHealth lately = now.minus(earlier);
 * double bytesPerSecond = lately.counters().payloadBytesReceived() / (lately.elapsed().toNanos() / 1e9);
 * }</pre>
 *
 * @param elapsed the time that the counts cover: since the link's birth, or between two snapshots
 * @param established whether there was a session at that moment
 * @param queued messages that waited at that moment for a session, for the line, or for the peer's window
 * @param counters what was counted
 * @param roundTrips how long frames and their acknowledgements took
 */
public record LinkHealth(
        Duration elapsed, boolean established, int queued, LinkCounters counters, RoundTripHistogram roundTrips) {

    /** Returns what has happened since an earlier snapshot of the same link; what is of a moment stays this one's. */
    public LinkHealth minus(LinkHealth earlier) {
        return new LinkHealth(
                elapsed.minus(earlier.elapsed),
                established,
                queued,
                counters.minus(earlier.counters),
                roundTrips.minus(earlier.roundTrips));
    }
}
