package dev.uartnet.codec.message;

/**
 * More items of a streaming request may come.
 *
 * @param id the request's
 * @param items how many more
 */
public record Demand(int id, long items) implements Message {}
