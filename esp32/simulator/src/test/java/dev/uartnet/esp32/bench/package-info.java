/**
 * What tests do to the outside of a device, the same for the simulator and the firmware. Of the test jar, for the tests of other modules too; depends
 * on nothing of tests.
 */
@NullMarked
package dev.uartnet.esp32.bench;

import org.jspecify.annotations.NullMarked;
