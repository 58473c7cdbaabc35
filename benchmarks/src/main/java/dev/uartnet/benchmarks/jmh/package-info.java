/**
 * JMH's microbenchmarks as a part of the benchmarks: how long they run, and which figures and targets they give.
 *
 * <p>May depend on JMH and on {@link dev.uartnet.benchmarks.part}.
 */
@NullMarked
package dev.uartnet.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
