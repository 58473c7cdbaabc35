package dev.uartnet.proxy.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Wi-Fi network that the device has seen, of one access point ({@link Wifi#scan}). */
public final class WifiNetwork {
    private static final String WHAT = "scan of networks";

    private final byte[] ssidBytes;
    private final @Nullable MacAddress bssid;
    private final int channel;
    private final int rssi;
    private final WifiSecurity security;
    private final boolean hidden;

    private WifiNetwork(Answer item) {
        ssidBytes = item.requiredBytes(0);
        bssid = item.mac(1);
        channel = item.requiredInteger(2);
        rssi = item.requiredInteger(3);
        security = WifiSecurity.of(item.requiredInteger(4));
        hidden = Boolean.TRUE.equals(item.flag(5));
    }

    static WifiNetwork of(Optional<Object> item) {
        return new WifiNetwork(Answer.ofItem(WHAT, item));
    }

    /** Returns its name; empty if it is hidden. What is no UTF-8 is replaced: {@link #ssidBytes()} has it as it is. */
    public String ssid() {
        return new String(ssidBytes, StandardCharsets.UTF_8);
    }

    /** Returns its name as it is on the air, at most 32 bytes. */
    public byte[] ssidBytes() {
        return ssidBytes.clone();
    }

    /** Returns the access point's hardware address, if the device said it. */
    public @Nullable MacAddress bssid() {
        return bssid;
    }

    /** Returns the radio channel: 1 to 14 at 2.4 GHz. */
    public int channel() {
        return channel;
    }

    /** Returns how strong it is received, in dBm: from about -30 (very near) to -90 (hardly). */
    public int rssi() {
        return rssi;
    }

    /** Returns how it is secured; {@link WifiSecurity#OTHER} if this version has no name for that. */
    public WifiSecurity security() {
        return security;
    }

    /** Returns whether it does not tell its name. */
    public boolean hidden() {
        return hidden;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WifiNetwork that
                && Arrays.equals(ssidBytes, that.ssidBytes)
                && (bssid == null ? that.bssid == null : that.bssid != null && bssid.equals(that.bssid))
                && channel == that.channel
                && rssi == that.rssi
                && security == that.security
                && hidden == that.hidden;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ssidBytes) * 31 + rssi;
    }

    /** For people: {@code "uartnet" 24:6f:28:12:34:56 channel 6, -48 dBm, WPA2}. */
    @Override
    public String toString() {
        return "\"" + ssid() + "\" " + (bssid == null ? "" : bssid + " ") + "channel " + channel + ", " + rssi
                + " dBm, " + security + (hidden ? ", hidden" : "");
    }
}
