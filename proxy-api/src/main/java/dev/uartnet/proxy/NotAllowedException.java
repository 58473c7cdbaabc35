package dev.uartnet.proxy;

import dev.uartnet.codec.request.RequestFailedException;
import java.io.IOException;

/** The device's configuration does not let a host do this; the message has the device's words, which say what it would have to allow. */
public final class NotAllowedException extends IOException {
    private static final long serialVersionUID = 1L;

    NotAllowedException(RequestFailedException cause) {
        super("the device does not allow it: " + cause.text(), cause);
    }
}
