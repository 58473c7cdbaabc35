package dev.uartnet.esp32;

import io.netty.channel.ChannelException;
import org.jspecify.annotations.Nullable;

/** SOCKET_OPTION. */
final class SocketOptionRequest extends PendingRequest {
    private final Arguments args;

    SocketOptionRequest(DeviceSession session, int id, Arguments args) {
        super(session, id);
        this.args = args;
    }

    @Override
    void start() throws DeviceException {
        int number = args.integer("channel", 0, DeviceSession.CHANNEL_MAX);
        String name = args.text("name");
        Object value = args.any();
        DeviceChannel channel = session.channels().get(number);
        if (channel == null) {
            throw DeviceException.badRequest("channel", number + " is not open");
        }
        try {
            @Nullable Object inForce = channel.options().exchange(name, value);
            succeed(inForce);
        } catch (ChannelException e) {
            throw DeviceException.ofSocket(e);
        }
    }

    @Override
    void abandon() {
        // Nothing runs.
    }
}
