package dev.uartnet.codec.message;

import org.jspecify.annotations.Nullable;

/**
 * One item of a streaming request.
 *
 * @param id the request's
 * @param item a MessagePack value
 */
public record Next(int id, @Nullable Object item) implements Message {}
