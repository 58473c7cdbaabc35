package dev.uartnet.proxy.board;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which Wi-Fi network to join, and how ({@link Wifi#connect(WifiConnect)}). Immutable: each method returns another one.
 *
 * <pre>{@code
 * WifiConnect.to("home").password("correct horse").save()
 * }</pre>
 */
public final class WifiConnect {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final WifiConnect SAVED = new WifiConnect(null, null, null, false, TIMEOUT);

    private final @Nullable String ssid;
    private final @Nullable String password;
    private final @Nullable MacAddress bssid;
    private final boolean save;
    private final Duration timeout;

    private WifiConnect(
            @Nullable String ssid,
            @Nullable String password,
            @Nullable MacAddress bssid,
            boolean save,
            Duration timeout) {
        this.ssid = ssid;
        this.password = password;
        this.bssid = bssid;
        this.save = save;
        this.timeout = timeout;
    }

    /** The network of this name: an open one, or with the password that the device has saved. */
    public static WifiConnect to(String ssid) {
        return new WifiConnect(Objects.requireNonNull(ssid, "ssid"), null, null, false, TIMEOUT);
    }

    /** Of the networks that are saved on the device, the strongest one that is there. */
    public static WifiConnect saved() {
        return SAVED;
    }

    /** The network's password. Default: a saved one, or none. */
    public WifiConnect password(String password) {
        return new WifiConnect(ssid, Objects.requireNonNull(password, "password"), bssid, save, timeout);
    }

    /** Only this access point of the network. Default: any. */
    public WifiConnect bssid(MacAddress bssid) {
        return new WifiConnect(ssid, password, Objects.requireNonNull(bssid, "bssid"), save, timeout);
    }

    /** Saves the network on the device when it has been joined: the device then joins it by itself, also after its next start. Default: not. */
    public WifiConnect save() {
        return new WifiConnect(ssid, password, bssid, true, timeout);
    }

    /** How long the device may take until it has an address; default 15 s, resolution 1 ms. */
    public WifiConnect timeout(Duration timeout) {
        return new WifiConnect(ssid, password, bssid, save, Limits.positive("timeout", timeout));
    }

    @Nullable
    String ssid() {
        return ssid;
    }

    @Nullable
    Object secret() {
        return password;
    }

    Duration timeout() {
        return timeout;
    }

    Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        if (bssid != null) {
            options.put("bssid", bssid.bytes());
        }
        if (save) {
            options.put("save", true);
        }
        options.put("timeout_ms", timeout.toMillis());
        return options;
    }

    /** For people; without the password. */
    @Override
    public String toString() {
        return "WifiConnect[" + (ssid == null ? "saved" : "\"" + ssid + "\"")
                + (bssid == null ? "" : ", bssid " + bssid) + (save ? ", save" : "") + ", timeout " + timeout + "]";
    }
}
