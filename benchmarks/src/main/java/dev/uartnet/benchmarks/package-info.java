/** JMH microbenchmarks; {@code benchmarks/README.md} says how to run them and what they showed. */
@NullMarked
package dev.uartnet.benchmarks;

import org.jspecify.annotations.NullMarked;
