package dev.uartnet.proxy;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of the device's socket on behalf of a {@link ProxySocketChannelConfig}: with the connect, and, of what has changed since,
 * by requests of their own. On the channel's event loop.
 */
final class RemoteOptions {
    private static final Logger log = LoggerFactory.getLogger(RemoteOptions.class);

    private final ProxySocketChannel channel;
    /** As far as asked for; PROTOCOL.md, section 8, has the names. */
    private final Map<String, Object> asked = new HashMap<>();

    RemoteOptions(ProxySocketChannel channel) {
        this.channel = channel;
    }

    /** Returns what goes with the connect. */
    Map<String, Object> atConnect(@Nullable InetSocketAddress local) {
        asked.clear();
        asked.putAll(channel.config().remoteOptions());
        Map<String, Object> all = new LinkedHashMap<>(asked);
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

    /** Asks for what has changed, now that there is a connection. */
    void apply() {
        channel.config().remoteOptions().forEach((name, value) -> {
            Object before = asked.put(name, value);
            if (!value.equals(before)) {
                channel.link().setOption(name, value, cause -> refused(name, value, before, cause));
            }
        });
    }

    private void refused(String name, Object value, @Nullable Object before, Throwable cause) {
        log.warn("the device cannot set the option {} of {} to {}: {}", name, channel, value, cause.getMessage());
        asked.remove(name, value);
        channel.config().refused(name, value, before);
    }
}
