/**
 * A port by itself, without link and messages: {@link dev.uartnet.benchmarks.port.PortBenchmark}. Its other end is a C program in another process,
 * compiled when it is needed, so that only this end is measured; the same program gives the reference.
 *
 * <p>May depend on the transport, on {@link dev.uartnet.benchmarks.part} and on what tells how large the heap is; on nothing above the transport.
 */
@NullMarked
package dev.uartnet.benchmarks.port;

import org.jspecify.annotations.NullMarked;
