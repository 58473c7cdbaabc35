package dev.uartnet.esp32;

import io.netty.channel.ChannelOption;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options that sockets have as long as they live (PROTOCOL.md, section 8). */
enum SocketOption {
    NO_DELAY("no_delay", ChannelOption.TCP_NODELAY),
    KEEP_ALIVE("keep_alive", ChannelOption.SO_KEEPALIVE),
    REUSE_ADDRESS("reuse_address", ChannelOption.SO_REUSEADDR),
    RECEIVE_BUFFER("receive_buffer", ChannelOption.SO_RCVBUF),
    SEND_BUFFER("send_buffer", ChannelOption.SO_SNDBUF),
    BROADCAST("broadcast", ChannelOption.SO_BROADCAST);

    static final Set<SocketOption> OF_ACCEPTED = EnumSet.of(NO_DELAY, KEEP_ALIVE, RECEIVE_BUFFER, SEND_BUFFER);
    static final Set<SocketOption> OF_CONNECTION =
            EnumSet.of(NO_DELAY, KEEP_ALIVE, REUSE_ADDRESS, RECEIVE_BUFFER, SEND_BUFFER);
    static final Set<SocketOption> OF_LISTENER = EnumSet.of(REUSE_ADDRESS);
    static final Set<SocketOption> OF_DATAGRAMS = EnumSet.of(REUSE_ADDRESS, RECEIVE_BUFFER, SEND_BUFFER, BROADCAST);

    private static final int BUFFER_BYTES_MAX = 1 << 20;

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // it is a constant
    private final ChannelOption<?> option;

    SocketOption(String word, ChannelOption<?> option) {
        this.word = word;
        this.option = option;
    }

    static SocketOption named(String word) throws DeviceException {
        for (SocketOption option : values()) {
            if (option.word.equals(word)) {
                return option;
            }
        }
        throw DeviceException.noSuchOption(word);
    }

    /** Its name in requests. */
    String word() {
        return word;
    }

    ChannelOption<?> option() {
        return option;
    }

    /** A value of it, as Netty takes it. */
    Object checked(@Nullable Object value) throws DeviceException {
        return switch (this) {
            case RECEIVE_BUFFER, SEND_BUFFER -> Arguments.integer(word, value, 1, BUFFER_BYTES_MAX);
            default -> Arguments.flag(word, value);
        };
    }
}
