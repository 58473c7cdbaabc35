/** Objects for hosts, and tests of how they are scripted. */
@NullMarked
package dev.uartnet.esp32.objects;

import org.jspecify.annotations.NullMarked;
