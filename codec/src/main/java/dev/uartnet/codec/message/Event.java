package dev.uartnet.codec.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something the device has to say unasked.
 *
 * @param event one of {@link EventKind}, or a number that this version does not know
 * @param args the event's arguments
 */
public record Event(int event, List<@Nullable Object> args) implements Message {}
