package dev.uartnet.codec.message;

/**
 * What the code of a request printed.
 *
 * @param id the request's
 * @param text what it printed
 */
public record Output(int id, String text) implements Message {}
