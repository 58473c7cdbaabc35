/** Tests of what the board's types make of what a device says. */
@NullMarked
package dev.uartnet.proxy.board;

import org.jspecify.annotations.NullMarked;
