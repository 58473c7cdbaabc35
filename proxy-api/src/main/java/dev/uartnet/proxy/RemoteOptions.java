package dev.uartnet.proxy;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of the device's socket on behalf of a channel's config: with its opening, and, of what has changed since, by requests of
 * their own. On the channel's event loop.
 */
final class RemoteOptions {
    private static final Logger log = LoggerFactory.getLogger(RemoteOptions.class);

    /** Sets an option of the device's socket. */
    interface Setter {
        void setOption(String name, Object value, Consumer<Throwable> onFailure);
    }

    /** The device has refused a value: unless there is another one meanwhile, the one before holds. */
    interface Refusal {
        void refused(String name, Object value, @Nullable Object before);
    }

    private final Channel channel;
    private final Supplier<Map<String, Object>> wanted;
    private final Setter setter;
    private final Refusal refusal;
    /** As far as asked for; PROTOCOL.md, section 8, has the names. */
    private final Map<String, Object> asked = new HashMap<>();

    /** @param wanted what the config has now */
    RemoteOptions(Channel channel, Supplier<Map<String, Object>> wanted, Setter setter, Refusal refusal) {
        this.channel = channel;
        this.wanted = wanted;
        this.setter = setter;
        this.refusal = refusal;
    }

    /** Returns what goes with the bind. */
    Map<String, Object> atBind() {
        asked.clear();
        asked.putAll(wanted.get());
        return new LinkedHashMap<>(asked);
    }

    /** Returns what goes with the connect. */
    Map<String, Object> atConnect(@Nullable InetSocketAddress local) {
        Map<String, Object> all = atBind();
        if (local != null) {
            if (!local.getAddress().isAnyLocalAddress()) {
                all.put("local_address", local.getAddress().getAddress());
            }
            if (local.getPort() != 0) {
                all.put("local_port", local.getPort());
            }
        }
        return all;
    }

    /** Asks for what has changed, now that the socket is open. */
    void apply() {
        wanted.get().forEach((name, value) -> {
            Object before = asked.put(name, value);
            if (!value.equals(before)) {
                setter.setOption(name, value, cause -> refused(name, value, before, cause));
            }
        });
    }

    private void refused(String name, Object value, @Nullable Object before, Throwable cause) {
        log.warn("the device cannot set the option {} of {} to {}: {}", name, channel, value, cause.getMessage());
        asked.remove(name, value);
        refusal.refused(name, value, before);
    }
}
