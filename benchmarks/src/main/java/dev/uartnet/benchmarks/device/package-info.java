/**
 * What the device's programs find out about themselves, as figures: {@code esp32/plain/cost} and {@code esp32/unix/least-heap}.
 *
 * <p>May depend on {@link dev.uartnet.benchmarks.part} only.
 */
@NullMarked
package dev.uartnet.benchmarks.device;

import org.jspecify.annotations.NullMarked;
