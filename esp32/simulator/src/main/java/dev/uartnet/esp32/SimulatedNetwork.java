package dev.uartnet.esp32;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Wi-Fi network in reach of a {@link SimulatedRadio}.
 *
 * @param ssid its name
 * @param password null of an open one
 * @param rssi how strongly it is heard, in dBm
 * @param channel 1 to 14
 * @param security as PROTOCOL.md numbers it: 0 open, 3 WPA2, 6 WPA3, ...
 * @param hidden whether it does not say its name
 */
public record SimulatedNetwork(
        String ssid, @Nullable String password, int rssi, int channel, int security, boolean hidden) {
    private static final int OPEN = 0;
    private static final int WPA2 = 3;

    /** An open network, at -50 dBm on channel 1. */
    public static SimulatedNetwork open(String ssid) {
        return new SimulatedNetwork(ssid, null, -50, 1, OPEN, false);
    }

    /** One with WPA2, at -50 dBm on channel 1. */
    public static SimulatedNetwork secured(String ssid, String password) {
        return new SimulatedNetwork(ssid, password, -50, 1, WPA2, false);
    }

    /** The same, heard so strongly, in dBm. */
    public SimulatedNetwork withRssi(int dbm) {
        return new SimulatedNetwork(ssid, password, dbm, channel, security, hidden);
    }

    /** The same on another channel. */
    public SimulatedNetwork withChannel(int number) {
        return new SimulatedNetwork(ssid, password, rssi, number, security, hidden);
    }

    /** The same with another number of PROTOCOL.md for its security. */
    public SimulatedNetwork withSecurity(int number) {
        return new SimulatedNetwork(ssid, password, rssi, channel, number, hidden);
    }

    /** The same, which does not say its name. */
    public SimulatedNetwork asHidden() {
        return new SimulatedNetwork(ssid, password, rssi, channel, security, true);
    }

    byte[] ssidBytes() {
        return ssid.getBytes(StandardCharsets.UTF_8);
    }

    /** An address of its own, locally administered. */
    byte[] bssid() {
        int hash = Arrays.hashCode(ssidBytes());
        return new byte[] {2, 0, (byte) (hash >> 24), (byte) (hash >> 16), (byte) (hash >> 8), (byte) hash};
    }

    /** Whether this password opens it; null or empty: none. */
    boolean takes(@Nullable String given) {
        String own = password == null ? "" : password;
        return own.isEmpty() || own.equals(given);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "SimulatedNetwork[" + ssid + ", " + rssi + " dBm, channel " + channel + ", security " + security + "]";
    }
}
