package dev.uartnet.proxy.board;

import java.time.Duration;
import java.time.Instant;

/**
 * What the device's clock showed, and when ({@link DeviceClock#read}).
 *
 * @param time the device's time, in microseconds
 * @param isSet whether it has been set since the device booted; if not, it counts from the platform's epoch or from anywhere
 * @param hostTime this host's time half-way between question and answer
 * @param uncertainty half the round trip: the device's time was read at {@code hostTime}, at most this earlier or later
 */
public record ClockReading(Instant time, boolean isSet, Instant hostTime, Duration uncertainty) {
    /** Returns by how much the device's clock is ahead of this host's; negative if it is behind. */
    public Duration offset() {
        return Duration.between(hostTime, time);
    }
}
