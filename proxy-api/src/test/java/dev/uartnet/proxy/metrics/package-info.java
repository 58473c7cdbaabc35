/** Tests of the meters. */
@NullMarked
package dev.uartnet.proxy.metrics;

import org.jspecify.annotations.NullMarked;
