/** Complete programs that the documentation quotes. */
@NullMarked
package dev.uartnet.transport.examples;

import org.jspecify.annotations.NullMarked;
