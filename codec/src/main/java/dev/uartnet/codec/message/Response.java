package dev.uartnet.codec.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request has succeeded, and is over.
 *
 * @param id the request's
 * @param results the operation's results
 */
public record Response(int id, List<@Nullable Object> results) implements Message {}
