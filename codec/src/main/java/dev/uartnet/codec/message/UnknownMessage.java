package dev.uartnet.codec.message;

/**
 * A message of a kind that this version does not know: ignored and counted.
 *
 * @param kind its first element
 */
public record UnknownMessage(long kind) implements Message {}
