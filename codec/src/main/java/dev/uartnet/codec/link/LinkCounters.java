package dev.uartnet.codec.link;

/**
 * What a link has seen since its channel became active, as a snapshot.
 *
 * @param framesSent frames of any type
 * @param framesReceived whole frames of any type
 * @param damaged frames that the line has spoilt
 * @param stale frames of another session
 * @param ignored whole frames that meant nothing in the state they met
 * @param gaps gaps seen in the peer's numbers
 * @param duplicates DATA frames that had come before
 * @param retransmits DATA frames that were sent again
 * @param timeouts of these, how often because no acknowledgement came in time
 */
public record LinkCounters(
        long framesSent,
        long framesReceived,
        long damaged,
        long stale,
        long ignored,
        long gaps,
        long duplicates,
        long retransmits,
        long timeouts) {}
