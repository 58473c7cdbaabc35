package dev.uartnet.codec.message;

/**
 * The answer of a request is no longer wanted; it is still answered.
 *
 * @param id the request's
 */
public record Cancel(int id) implements Message {}
