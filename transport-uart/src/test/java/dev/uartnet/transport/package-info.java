/** Tests of the transport, over memory ports and real pseudo terminals, on every kind of event loop. */
@NullMarked
package dev.uartnet.transport;

import org.jspecify.annotations.NullMarked;
