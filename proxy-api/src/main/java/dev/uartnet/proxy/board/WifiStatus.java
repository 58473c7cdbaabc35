package dev.uartnet.proxy.board;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the device's Wi-Fi stands ({@link Wifi#status}). What the device does not say is {@code null}.
 *
 * @param state whether it has joined a network
 * @param reason why it is not connected, in the device's words
 * @param ssid the network's name
 * @param bssid the access point's hardware address
 * @param mac the device's own hardware address
 * @param hostname the name by which the device asks for its address (DHCP), and by which others may find it
 * @param address the device's address in the network
 * @param netmask what of it is the network's
 * @param gateway the way out of the network
 * @param rssi how strong the access point is received, in dBm
 * @param channel the radio channel
 * @param nameServers the network's name servers, each {@code address}, {@code address:port} or {@code [address]:port}
 * @param accessPoint the network that the device itself offers; null if none
 */
public record WifiStatus(
        State state,
        @Nullable String reason,
        @Nullable String ssid,
        @Nullable MacAddress bssid,
        @Nullable MacAddress mac,
        @Nullable String hostname,
        @Nullable InetAddress address,
        @Nullable InetAddress netmask,
        @Nullable InetAddress gateway,
        @Nullable Integer rssi,
        @Nullable Integer channel,
        @Nullable List<String> nameServers,
        @Nullable AccessPointStatus accessPoint) {

    /** Whether a device has joined a network. */
    public enum State {
        /** The radio is off. */
        OFF,
        /** It has joined none and does not try to. */
        IDLE,
        /** It tries to. */
        CONNECTING,
        /** It has, and has an address. */
        CONNECTED,
        /** It had, has lost it, and joins again by itself as soon as it can. */
        LOST,
        /** It does not tell, or in a word that this version does not know. */
        UNKNOWN;

        static State of(@Nullable String word) {
            for (State state : values()) {
                if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }

    static WifiStatus of(@Nullable Object said) {
        Answer map = Answer.ofMap("Wi-Fi status", said);
        Answer accessPoint = map.map("access_point");
        return new WifiStatus(
                State.of(map.text("state")),
                map.text("reason"),
                map.text("ssid"),
                map.mac("bssid"),
                map.mac("mac"),
                map.text("hostname"),
                map.address("address"),
                map.address("netmask"),
                map.address("gateway"),
                map.integer("rssi"),
                map.integer("channel"),
                map.texts("dns"),
                accessPoint == null ? null : AccessPointStatus.of(accessPoint));
    }

    /** Returns whether the device has a network, and an address in it. */
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** For people: {@code connected to "home" (192.168.1.7, -61 dBm)}, {@code lost: the access point is gone}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(state.name().toLowerCase(Locale.ROOT));
        if (ssid != null) {
            text.append(isConnected() ? " to" : "").append(" \"").append(ssid).append('"');
        }
        if (address != null) {
            text.append(" (")
                    .append(NetUtil.toAddressString(address))
                    .append(rssi == null ? "" : ", " + rssi + " dBm")
                    .append(')');
        }
        return text.append(reason == null ? "" : ": " + reason).toString();
    }
}
