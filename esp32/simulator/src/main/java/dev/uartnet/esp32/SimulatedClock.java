package dev.uartnet.esp32;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A virtual device's real-time clock, and the NTP servers that it asks, scripted by a test. The clock starts with this machine's time, and
 * as one that nobody has set. The servers, whatever their names, have this machine's time and an offset.
 *
 * <p>Setting it never sets this machine's clock. Any thread may call; each call waits for the device's event loop.
 */
public final class SimulatedClock {
    private final DeviceLoop loop;
    private long offsetMicros;
    private boolean set;
    private long ntpOffsetMicros;
    private boolean ntpSilent;

    SimulatedClock(DeviceLoop loop) {
        this.loop = loop;
    }

    /** Returns what the clock says. */
    public Instant now() {
        return loop.call(() -> Instant.EPOCH.plus(micros(), ChronoUnit.MICROS));
    }

    /** Makes the clock say this, without its being set: what a board wakes up with, the year 2000 for instance. */
    public void drift(Instant to) {
        loop.run(() -> offsetMicros = ChronoUnit.MICROS.between(Instant.EPOCH, to) - machineMicros());
    }

    /** How far the NTP servers' time is ahead of this machine's. Default zero. */
    public void ntpOffset(Duration ahead) {
        loop.run(() -> ntpOffsetMicros = ahead.toNanos() / 1000);
    }

    /** Whether the NTP servers leave questions without an answer. Default false. */
    public void ntpSilent(boolean silent) {
        loop.run(() -> ntpSilent = silent);
    }

    // ---- for the device

    private static long machineMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Microseconds since 1970. */
    long micros() {
        return machineMicros() + offsetMicros;
    }

    boolean isSet() {
        return set;
    }

    /** It goes on, but whether it is right is no longer known. */
    void restart() {
        set = false;
    }

    void set(long micros) {
        offsetMicros = micros - machineMicros();
        set = true;
    }

    /** Sets the clock by an NTP server, and returns by how much it was changed. */
    long sync() {
        long change = ntpOffsetMicros - offsetMicros;
        offsetMicros = ntpOffsetMicros;
        set = true;
        return change;
    }

    boolean ntpIsSilent() {
        return ntpSilent;
    }
}
