package dev.uartnet.proxy.board;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The device has got or lost its network ({@link Wifi#changes}).
 *
 * @param connected whether it has one now
 * @param address the device's address in it; null if it has none, or does not tell
 * @param text what happened, in the device's words
 */
public record WifiChange(boolean connected, @Nullable InetAddress address, String text) {
    static WifiChange of(Answer event) {
        String text = event.text(2);
        return new WifiChange(event.requiredFlag(0), event.address(1), text == null ? "" : text);
    }

    static WifiChange of(WifiStatus status) {
        return new WifiChange(status.isConnected(), status.isConnected() ? status.address() : null, status.toString());
    }

    /** Tells whether this is another state than that, however it is worded. */
    boolean differs(WifiChange other) {
        return connected != other.connected
                || (address == null ? other.address != null : !address.equals(other.address));
    }

    /** For people: {@code up 192.168.1.7: joined "home" again}. */
    @Override
    public String toString() {
        return (connected ? "up" : "down")
                + (address == null ? "" : " " + NetUtil.toAddressString(address))
                + (text.isEmpty() ? "" : ": " + text);
    }
}
