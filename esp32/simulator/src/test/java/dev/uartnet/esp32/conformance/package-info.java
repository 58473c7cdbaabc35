/**
 * What a device must do, whoever wrote it: the same tests against {@link dev.uartnet.esp32.VirtualEsp32} and the firmware under
 * MicroPython. Network peers are servers of the tests on 127.0.0.1.
 */
@NullMarked
package dev.uartnet.esp32.conformance;

import org.jspecify.annotations.NullMarked;
