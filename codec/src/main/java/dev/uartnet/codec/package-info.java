/**
 * The protocol between host and device (PROTOCOL.md), as handlers for a Netty pipeline: from the wire to the application
 * {@code slip}, {@code crc}, {@code link}, {@code message}, {@code request}. Each is of use without the others.
 *
 * <p>Knows nothing of serial ports, sockets or Reactor.
 */
@NullMarked
package dev.uartnet.codec;

import org.jspecify.annotations.NullMarked;
