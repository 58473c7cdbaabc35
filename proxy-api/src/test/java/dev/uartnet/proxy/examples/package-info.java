/** What the README shows, compiled. */
@NullMarked
package dev.uartnet.proxy.examples;

import org.jspecify.annotations.NullMarked;
