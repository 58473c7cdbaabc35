package dev.uartnet.proxy.board;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The network that the device itself offers ({@link Wifi#startAccessPoint}).
 *
 * @param ssid its name
 * @param address the device's address in it
 * @param channel the radio channel
 * @param security how it is secured
 * @param clients how many have joined it
 */
public record AccessPointStatus(
        @Nullable String ssid,
        @Nullable InetAddress address,
        @Nullable Integer channel,
        @Nullable WifiSecurity security,
        @Nullable Integer clients) {

    static AccessPointStatus of(Answer map) {
        Integer security = map.integer("security");
        return new AccessPointStatus(
                map.text("ssid"),
                map.address("address"),
                map.integer("channel"),
                security == null ? null : WifiSecurity.of(security),
                map.integer("clients"));
    }
}
