package dev.uartnet.esp32;

import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a request that opens a channel. What is left when all have been taken is none that such a socket has. */
final class RequestOptions {
    private final Map<String, @Nullable Object> left = new LinkedHashMap<>();

    RequestOptions(Map<?, ?> options) throws DeviceException {
        for (Map.Entry<?, ?> option : options.entrySet()) {
            if (!(option.getKey() instanceof String name)) {
                throw DeviceException.badRequest("options", "names must be text");
            }
            left.put(name, option.getValue());
        }
    }

    boolean flag(String name, boolean preset) throws DeviceException {
        return left.containsKey(name) ? Arguments.flag(name, left.remove(name)) : preset;
    }

    int integer(String name, int min, int max, int preset) throws DeviceException {
        return left.containsKey(name) ? Arguments.integer(name, left.remove(name), min, max) : preset;
    }

    @Nullable
    String text(String name) throws DeviceException {
        Object value = left.remove(name);
        if (value != null && !(value instanceof String)) {
            throw DeviceException.badRequest(name, "must be text");
        }
        return (String) value;
    }

    /** A point in time, in seconds since 1970; this device knows its own. */
    void time(String name) throws DeviceException {
        if (left.containsKey(name) && !(left.remove(name) instanceof Long seconds && seconds >= 0)) {
            throw DeviceException.badRequest(name, "must be seconds since 1970");
        }
    }

    @Nullable
    InetAddress address(String name) throws DeviceException {
        return left.containsKey(name) ? Arguments.address(name, left.remove(name)) : null;
    }

    /** A host's name. */
    @Nullable
    String name(String name) throws DeviceException {
        return left.containsKey(name) ? Arguments.name(name, left.remove(name)) : null;
    }

    /** Bytes, which may have been in a blob. */
    byte @Nullable [] bytes(String name) throws DeviceException {
        if (!left.containsKey(name)) {
            return null;
        }
        Object value = left.remove(name);
        if (value instanceof Long blob) {
            throw DeviceException.badRequest(name, "there is no blob " + blob);
        }
        if (!(value instanceof byte[] bytes)) {
            throw DeviceException.badRequest(name, "must be bytes, or a blob's number");
        }
        return bytes;
    }

    /** Those of the socket itself. */
    Map<ChannelOption<?>, Object> ofSocket(Set<SocketOption> kind) throws DeviceException {
        Map<ChannelOption<?>, Object> options = new HashMap<>();
        for (SocketOption option : kind) {
            if (left.containsKey(option.word())) {
                options.put(option.option(), option.checked(left.remove(option.word())));
            }
        }
        return options;
    }

    /** All that the socket has were taken. */
    void end() throws DeviceException {
        for (String name : left.keySet()) {
            throw DeviceException.noSuchOption(name);
        }
    }
}
