/**
 * What every part of the benchmarks is, and what it is given: how much to measure, and where its figures go. {@link dev.uartnet.benchmarks.Benchmarks} runs the parts.
 *
 * <p>May depend on the measuring module only.
 */
@NullMarked
package dev.uartnet.benchmarks.part;

import org.jspecify.annotations.NullMarked;
