package dev.uartnet.esp32;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of one open socket.
 *
 * @param own those that it has itself
 * @param socket where these are
 * @param accepted those that a listener sets on the connections to come, as far as they were ever set; null if it is no listener
 */
record SocketOptions(Set<SocketOption> own, ChannelConfig socket, @Nullable Map<ChannelOption<?>, Object> accepted) {
    static SocketOptions of(Set<SocketOption> own, ChannelConfig socket) {
        return new SocketOptions(own, socket, null);
    }

    /** Sets an option, unless the value is null, and returns what is in force, null if nobody knows. */
    @Nullable
    Object exchange(String name, @Nullable Object value) throws DeviceException {
        SocketOption option = SocketOption.named(name);
        if (own.contains(option)) {
            if (value != null) {
                socket.setOptions(Map.of(option.option(), option.checked(value)));
            }
            return socket.getOption(option.option());
        }
        if (accepted != null && SocketOption.OF_ACCEPTED.contains(option)) {
            if (value != null) {
                accepted.put(option.option(), option.checked(value));
            }
            return accepted.get(option.option());
        }
        throw DeviceException.noSuchOption(name);
    }
}
