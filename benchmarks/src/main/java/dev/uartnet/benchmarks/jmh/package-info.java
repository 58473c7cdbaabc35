/**
 * JMH's microbenchmarks as a part of the benchmarks: which figures and targets they give. How long they run stands at them, in {@link dev.uartnet.benchmarks.codec}.
 *
 * <p>May depend on JMH, on {@link dev.uartnet.benchmarks.part} and on what is measured.
 */
@NullMarked
package dev.uartnet.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
