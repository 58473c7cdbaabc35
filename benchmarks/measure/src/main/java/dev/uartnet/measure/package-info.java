/**
 * How fast a device is, over any port: what the benchmarks and {@code uartnet bench} have in common.
 *
 * <p>{@link dev.uartnet.measure.RoundTrips}, {@link dev.uartnet.measure.Goodput} (against a {@link dev.uartnet.measure.PatternServer}) and {@link
 * dev.uartnet.measure.SmallMessages} measure; {@link dev.uartnet.measure.Results} holds {@link dev.uartnet.measure.Figure}s and writes them as JSON, in the form that
 * benchmarks/README.md describes.
 *
 * <p>May depend on the client (proxy-api), not on any device of ours, nor on JMH.
 */
@NullMarked
package dev.uartnet.measure;

import org.jspecify.annotations.NullMarked;
