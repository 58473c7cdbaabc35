/** Tests of the API, against the simulator and the real firmware. */
@NullMarked
package dev.uartnet.proxy;

import org.jspecify.annotations.NullMarked;
