package dev.uartnet.codec.link;

import java.util.function.LongSupplier;

/**
 * How many bytes have crossed the line, of whatever kind: who frames and unframes them knows. Asked on the channel's event loop.
 *
 * @param received bytes that have come in; {@link dev.uartnet.codec.slip.SlipDecoder#bytes}
 * @param sent bytes that have gone out; {@link dev.uartnet.codec.slip.SlipEncoder#bytes}
 */
public record LineBytes(LongSupplier received, LongSupplier sent) {}
