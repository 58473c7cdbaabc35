/**
 * A check behind each frame, so that damage is noticed: CRC-32 or CRC-16/CCITT-FALSE. Of use alone, behind any framing.
 *
 * <p>Depends on Netty's buffers only.
 */
@NullMarked
package dev.uartnet.codec.crc;

import org.jspecify.annotations.NullMarked;
