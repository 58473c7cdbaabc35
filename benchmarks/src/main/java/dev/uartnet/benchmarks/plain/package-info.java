/**
 * A stop-and-wait peer: the client of {@code esp32/plain/plain.py}, a network co-processor as such programs usually are. What uartnet is
 * measured against, over the same line.
 *
 * <p>May depend on ports (transport-uart) only.
 */
@NullMarked
package dev.uartnet.benchmarks.plain;

import org.jspecify.annotations.NullMarked;
