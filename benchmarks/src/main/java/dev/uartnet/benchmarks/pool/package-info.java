/**
 * What a second board brings: the goodput of a pool over several lines against one. {@link dev.uartnet.benchmarks.pool.PoolBenchmark} measures.
 *
 * <p>May depend on everything but the command line.
 */
@NullMarked
package dev.uartnet.benchmarks.pool;

import org.jspecify.annotations.NullMarked;
