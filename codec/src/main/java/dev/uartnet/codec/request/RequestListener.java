package dev.uartnet.codec.request;

import org.jspecify.annotations.Nullable;

/** Hears what the device says of a request before its answer. Called on the channel's event loop, which it must not block. */
public interface RequestListener {
    /** One item of a streaming request, of which no more come than were {@linkplain RunningRequest#demand demanded}. */
    default void next(@Nullable Object item) {}

    /** What the code of the request printed. */
    default void output(String text) {}
}
