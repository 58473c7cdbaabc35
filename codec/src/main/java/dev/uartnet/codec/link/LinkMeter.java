package dev.uartnet.codec.link;

import dev.uartnet.codec.FrameDamaged.Damage;
import java.time.Duration;

/** Counts for one end of a link, on its event loop. Times in nanoseconds of that loop's clock. */
final class LinkMeter {
    private final LineBytes line;
    private final RoundTripRecorder roundTrips = new RoundTripRecorder();

    private long sessions;
    private long framesSent;
    private long framesReceived;
    private long payloadBytesSent;
    private long payloadBytesReceived;
    private long crcErrors;
    private long resyncs;
    private long stale;
    private long ignored;
    private long gaps;
    private long duplicates;
    private long retransmits;
    private long timeouts;
    private long windowStalls;
    private long stalledNanos;
    private long stalledSince;
    private boolean stalled;

    LinkMeter(LineBytes line) {
        this.line = line;
    }

    void sessionBegan() {
        sessions++;
    }

    void frameSent() {
        framesSent++;
    }

    void frameReceived() {
        framesReceived++;
    }

    /** A message goes out for the first time. */
    void messageSent(int bytes) {
        payloadBytesSent += bytes;
    }

    /** A message has come for the first time. */
    void messageReceived(int bytes) {
        payloadBytesReceived += bytes;
    }

    void damaged(Damage damage) {
        switch (damage) {
            case CHECK, TOO_SHORT -> crcErrors++;
            case ESCAPE, TOO_LONG -> resyncs++;
        }
    }

    long damaged() {
        return crcErrors + resyncs;
    }

    void stale() {
        stale++;
    }

    void ignored() {
        ignored++;
    }

    void gap() {
        gaps++;
    }

    void duplicate() {
        duplicates++;
    }

    void retransmit() {
        retransmits++;
    }

    void timeout() {
        timeouts++;
    }

    /** A message waits for the peer's window or buffer, now or still. */
    void windowFull(long now) {
        if (!stalled) {
            stalled = true;
            stalledSince = now;
            windowStalls++;
        }
    }

    /** Nothing waits for the peer's window or buffer, now or any more. */
    void windowOpen(long now) {
        if (stalled) {
            stalled = false;
            stalledNanos += now - stalledSince;
        }
    }

    /** Where a session's {@link RoundTrip} puts its samples. */
    RoundTripRecorder roundTrips() {
        return roundTrips;
    }

    LinkCounters counters(long now) {
        long waited = stalledNanos + (stalled ? now - stalledSince : 0);
        return new LinkCounters(
                sessions,
                framesSent,
                framesReceived,
                payloadBytesSent,
                payloadBytesReceived,
                line.sent().getAsLong(),
                line.received().getAsLong(),
                crcErrors,
                resyncs,
                stale,
                ignored,
                gaps,
                duplicates,
                retransmits,
                timeouts,
                windowStalls,
                Duration.ofNanos(waited));
    }
}
