package dev.uartnet.proxy.board;

import java.time.Duration;
import java.time.Instant;

/**
 * The device's clock has been set by the network ({@link DeviceClock#sync}).
 *
 * @param time the device's time after that
 * @param change by how much it was changed: positive if it had been behind
 */
public record ClockSync(Instant time, Duration change) {}
