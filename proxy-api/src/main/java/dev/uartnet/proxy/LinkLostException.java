package dev.uartnet.proxy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The link to the device has ended, and with it everything that went over it. What was under way on the device may or may not have
 * happened.
 *
 * <p>{@link #getCause()} says why: mostly a {@link dev.uartnet.codec.link.LinkException}. A new {@link ProxyClient} is needed.
 */
public final class LinkLostException extends IOException {
    private static final long serialVersionUID = 1L;

    LinkLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
