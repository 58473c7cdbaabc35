/** JMH microbenchmarks of what happens to a byte on the host, layer by layer and through all of them, each beside a reference in the same run. */
@NullMarked
package dev.uartnet.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
