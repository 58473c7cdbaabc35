package dev.uartnet.codec.link;

import java.time.Duration;
import java.util.function.LongBinaryOperator;

/**
 * What an end of a link has counted, as an immutable snapshot. A link counts from its birth on, over all its sessions; {@link #minus}
 * gives what came in between two snapshots, {@link #plus} adds up several links.
 *
 * @param sessions sessions that began
 * @param framesSent frames of any type, repeated ones too
 * @param framesReceived whole frames of any type
 * @param payloadBytesSent bytes of the messages that were sent, each counted once however often it was repeated
 * @param payloadBytesReceived bytes of the messages that arrived, each counted once
 * @param wireBytesSent bytes of any kind that were given to the line, with SLIP's
 * @param wireBytesReceived bytes of any kind that the line delivered
 * @param crcErrors frames whose check did not match, or that were too short to have one
 * @param resyncs frames with a wrong escape or longer than this end accepts: the decoder skipped to the next frame's beginning
 * @param stale frames of another session
 * @param ignored whole frames that meant nothing in the state they met
 * @param gaps gaps seen in the peer's numbers: something was lost on its way here
 * @param duplicates DATA frames that had come before, or that there was no room for
 * @param retransmits DATA frames that were sent again
 * @param timeouts of these, how often because no acknowledgement came in time
 * @param windowStalls how often a message had to wait because the peer's window or buffer was full
 * @param windowStalled for how long altogether
 */
public record LinkCounters(
        long sessions,
        long framesSent,
        long framesReceived,
        long payloadBytesSent,
        long payloadBytesReceived,
        long wireBytesSent,
        long wireBytesReceived,
        long crcErrors,
        long resyncs,
        long stale,
        long ignored,
        long gaps,
        long duplicates,
        long retransmits,
        long timeouts,
        long windowStalls,
        Duration windowStalled) {

    /** Nothing was counted. */
    public static final LinkCounters NONE =
            new LinkCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

    /** Returns the frames that the line has spoilt in any way: {@link #crcErrors} and {@link #resyncs}. */
    public long damaged() {
        return crcErrors + resyncs;
    }

    /** Returns the sum of both. */
    public LinkCounters plus(LinkCounters other) {
        return with(other, Long::sum, windowStalled.plus(other.windowStalled));
    }

    /** Returns what was counted since an earlier snapshot of the same link. */
    public LinkCounters minus(LinkCounters earlier) {
        return with(earlier, (now, then) -> now - then, windowStalled.minus(earlier.windowStalled));
    }

    private LinkCounters with(LinkCounters other, LongBinaryOperator operator, Duration stalled) {
        return new LinkCounters(
                operator.applyAsLong(sessions, other.sessions),
                operator.applyAsLong(framesSent, other.framesSent),
                operator.applyAsLong(framesReceived, other.framesReceived),
                operator.applyAsLong(payloadBytesSent, other.payloadBytesSent),
                operator.applyAsLong(payloadBytesReceived, other.payloadBytesReceived),
                operator.applyAsLong(wireBytesSent, other.wireBytesSent),
                operator.applyAsLong(wireBytesReceived, other.wireBytesReceived),
                operator.applyAsLong(crcErrors, other.crcErrors),
                operator.applyAsLong(resyncs, other.resyncs),
                operator.applyAsLong(stale, other.stale),
                operator.applyAsLong(ignored, other.ignored),
                operator.applyAsLong(gaps, other.gaps),
                operator.applyAsLong(duplicates, other.duplicates),
                operator.applyAsLong(retransmits, other.retransmits),
                operator.applyAsLong(timeouts, other.timeouts),
                operator.applyAsLong(windowStalls, other.windowStalls),
                stalled);
    }
}
