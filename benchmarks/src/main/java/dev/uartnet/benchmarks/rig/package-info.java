/**
 * What the parts measure on: a device behind a simulated line ({@link dev.uartnet.benchmarks.rig.Board}), with a client and a server ({@link dev.uartnet.benchmarks.rig.Rig}); and
 * what tells how busy each of them is.
 *
 * <p>May depend on everything but the command line and the parts.
 */
@NullMarked
package dev.uartnet.benchmarks.rig;

import org.jspecify.annotations.NullMarked;
