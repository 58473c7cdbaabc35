package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A socket's options as a request names them (PROTOCOL.md, section 8). */
final class TcpOptions {
    private static final int BUFFER_BYTES_MAX = 1 << 20;

    private TcpOptions() {}

    /** Sets all of them on sockets to come. */
    static void apply(Map<?, ?> options, Bootstrap sockets) throws DeviceException {
        for (Map.Entry<?, ?> option : options.entrySet()) {
            if (!(option.getKey() instanceof String name)) {
                throw DeviceException.badRequest("options", "names must be text");
            }
            Object value = option.getValue();
            switch (name) {
                case "no_delay" -> sockets.option(ChannelOption.TCP_NODELAY, flag(name, value));
                case "keep_alive" -> sockets.option(ChannelOption.SO_KEEPALIVE, flag(name, value));
                case "reuse_address" -> sockets.option(ChannelOption.SO_REUSEADDR, flag(name, value));
                case "receive_buffer" -> sockets.option(ChannelOption.SO_RCVBUF, size(name, value));
                case "send_buffer" -> sockets.option(ChannelOption.SO_SNDBUF, size(name, value));
                case "connect_timeout_ms" ->
                    sockets.option(
                            ChannelOption.CONNECT_TIMEOUT_MILLIS, Arguments.integer(name, value, 1, Integer.MAX_VALUE));
                default -> throw new DeviceException(ErrorCode.UNSUPPORTED, "no such option: " + name);
            }
        }
    }

    private static Boolean flag(String name, @Nullable Object value) throws DeviceException {
        if (!(value instanceof Boolean flag)) {
            throw DeviceException.badRequest(name, "must be true or false");
        }
        return flag;
    }

    private static int size(String name, @Nullable Object value) throws DeviceException {
        return Arguments.integer(name, value, 1, BUFFER_BYTES_MAX);
    }
}
