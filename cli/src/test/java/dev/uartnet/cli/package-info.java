/** Tests of the command, in process and as a process of its own. */
@NullMarked
package dev.uartnet.cli;

import org.jspecify.annotations.NullMarked;
