package dev.uartnet.codec.request;

import org.jspecify.annotations.Nullable;

/** Hears what the device says of a request before its answer. Called on the channel's event loop, which it must not block. */
public interface RequestListener {
    /** One item of a streaming request, of which no more come than were {@linkplain RunningRequest#demand demanded}. */
    default void next(@Nullable Object item) {}

    /** What the code of the request printed. */
    default void output(String text) {}

    /**
     * An item, or each result of the answer, that came after the request was cancelled or had timed out: for those to whom it must not get lost, such
     * as a {@link dev.uartnet.codec.message.Handle} that the device keeps until it is released.
     */
    default void unwanted(@Nullable Object value) {}
}
