package dev.uartnet.codec.message;

import io.netty.handler.codec.CorruptedFrameException;

/**
 * A payload that is not one whole message of the protocol. Whoever owns the session ends it with
 * {@link dev.uartnet.codec.link.ResetReason#PROTOCOL}: the peer is defective or speaks something else.
 */
public final class MalformedMessageException extends CorruptedFrameException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
