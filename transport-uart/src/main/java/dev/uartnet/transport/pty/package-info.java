/**
 * Pseudo terminals: a serial line between two programs of one machine, for simulators, demos and tests. Linux and macOS.
 *
 * <p>Needs JNA ({@code net.java.dev.jna:jna}), which this artifact declares as optional; nothing else in it does.
 */
@NullMarked
package dev.uartnet.transport.pty;

import org.jspecify.annotations.NullMarked;
