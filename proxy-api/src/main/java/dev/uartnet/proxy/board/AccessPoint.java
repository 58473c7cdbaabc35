package dev.uartnet.proxy.board;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Wi-Fi network that the device is to offer ({@link Wifi#startAccessPoint}). Immutable: each method returns another one.
 *
 * <pre>{@code
 * AccessPoint.named("sensor-12").password("eight letters or more").channel(11)
 * }</pre>
 */
public final class AccessPoint {
    private final String ssid;
    private final @Nullable String password;
    private final Map<String, Object> options;

    private AccessPoint(String ssid, @Nullable String password, Map<String, Object> options) {
        this.ssid = ssid;
        this.password = password;
        this.options = options;
    }

    /** An open network of this name. */
    public static AccessPoint named(String ssid) {
        return new AccessPoint(Objects.requireNonNull(ssid, "ssid"), null, Map.of());
    }

    /** Secures it with a password; WPA2 asks for 8 to 63 characters. Default: open. */
    public AccessPoint password(String password) {
        return new AccessPoint(ssid, Objects.requireNonNull(password, "password"), options);
    }

    /** The radio channel, 1 to 14. Default: the device's own choice; that of the network that it has joined, if any. */
    public AccessPoint channel(int channel) {
        return with("channel", channel);
    }

    /** Does not tell its name to those who scan. */
    public AccessPoint hidden() {
        return with("hidden", true);
    }

    /** How many may join it. Default: the device's own. */
    public AccessPoint clientsMax(int clients) {
        return with("clients_max", clients);
    }

    private AccessPoint with(String option, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new AccessPoint(ssid, password, more);
    }

    String ssid() {
        return ssid;
    }

    @Nullable
    Object secret() {
        return password;
    }

    Map<String, Object> options() {
        return options;
    }

    /** For people; without the password. */
    @Override
    public String toString() {
        return "AccessPoint[\"" + ssid + "\"" + (password == null ? ", open" : "")
                + (options.isEmpty() ? "" : ", " + options) + "]";
    }
}
