package dev.uartnet.esp32.conformance;

import dev.uartnet.esp32.bench.Bench;

/**
 * A running device with a test's hands on it.
 *
 * @param device the way to its line
 * @param bench the way to its outside
 */
record BenchedBoard(Device device, Bench bench) {}
