package dev.uartnet.proxy;

import dev.uartnet.codec.message.ChannelClose;
import java.io.IOException;

/** The device has closed a channel of the link. The cause of what the socket's user gets. */
final class ClosedByDeviceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient RemoteError error;

    ClosedByDeviceException(ChannelClose close) {
        super("the device closed the channel: " + close.code());
        error = new RemoteError(close.code(), close.text(), close.errno());
    }

    RemoteError error() {
        return error;
    }
}
