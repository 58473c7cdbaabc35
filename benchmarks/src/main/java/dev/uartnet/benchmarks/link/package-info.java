/**
 * The link from end to end: the real firmware on MicroPython, a simulated line between two pseudo terminals, and the client as
 * applications use it. {@link dev.uartnet.benchmarks.link.LinkParts} measure, {@link dev.uartnet.benchmarks.link.FaultMatrix}
 * proves that nothing is lost, repeated or altered on bad lines, {@link dev.uartnet.benchmarks.link.Soak} does so for long.
 *
 * <p>May depend on everything but the command line.
 */
@NullMarked
package dev.uartnet.benchmarks.link;

import org.jspecify.annotations.NullMarked;
