/**
 * SLIP (RFC 1055): frames on a line of bytes. Of use alone, with any peer that speaks SLIP.
 *
 * <p>Depends on Netty's buffers only.
 */
@NullMarked
package dev.uartnet.codec.slip;

import org.jspecify.annotations.NullMarked;
