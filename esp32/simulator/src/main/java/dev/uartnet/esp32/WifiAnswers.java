package dev.uartnet.esp32;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** WIFI_*, except for WIFI_CONNECT. */
final class WifiAnswers {
    private static final int SSID_BYTES_MAX = 32; // IEEE 802.11, section 9.4.2.2
    private static final int PASSWORD_MIN = 8; // a WPA2 passphrase has 8 to 63
    private static final int PASSWORD_MAX = 64;
    private static final int HOSTNAME_MAX = 32;
    private static final int CLIENTS_MAX = 10;

    private WifiAnswers() {}

    /** WIFI_SCAN. */
    static Iterator<Object> scan(DeviceSession session, Arguments args) {
        List<Object> heard = new ArrayList<>();
        for (SimulatedNetwork network : session.board().radio().inReach()) {
            byte[] ssid = network.hidden() ? new byte[0] : network.ssidBytes();
            heard.add(List.of(
                    ssid, network.bssid(), network.channel(), network.rssi(), network.security(), network.hidden()));
        }
        return heard.iterator();
    }

    static Map<String, Object> status(DeviceSession session) {
        return session.board().wifi().status(session.nameServers());
    }

    /** WIFI_STATUS. */
    static @Nullable Object[] status(DeviceSession session, Arguments args) {
        return new Object[] {status(session)};
    }

    /** WIFI_DISCONNECT. */
    static @Nullable Object[] disconnect(DeviceSession session, Arguments args) {
        session.board().wifi().disconnect();
        return new Object[0];
    }

    /** WIFI_ACCESS_POINT. */
    static @Nullable Object[] accessPoint(DeviceSession session, Arguments args) throws DeviceException {
        String ssid = args.ssidOrNull();
        String password = args.textOrNull("password");
        RequestOptions options = args.optionsOrNone();
        int channel = options.integer("channel", 1, 13, 1);
        options.flag("hidden", false);
        options.integer("clients_max", 1, CLIENTS_MAX, 4);
        options.end();
        check(ssid, password);
        boolean secured = password != null && !password.isEmpty();
        if (ssid != null && secured && password != null && password.length() < PASSWORD_MIN) {
            throw DeviceException.badRequest("password", "must have 8 to 63 characters");
        }
        session.board().wifi().accessPoint(ssid == null ? null : new AccessPoint(ssid, secured, channel));
        return status(session, args);
    }

    /** WIFI_NETWORKS. */
    static @Nullable Object[] networks(DeviceSession session, Arguments args) throws DeviceException {
        WifiStation wifi = session.board().wifi();
        if (args.hasMore()) {
            String ssid = args.ssidOrNull();
            if (ssid == null) {
                throw DeviceException.badRequest("ssid", "must be text");
            }
            String password = args.textOrNull("password");
            check(ssid, password);
            if (password == null) {
                wifi.forget(ssid);
            } else {
                wifi.save(ssid, password);
            }
        }
        return wifi.saved().toArray();
    }

    /** WIFI_HOSTNAME. */
    static @Nullable Object[] hostname(DeviceSession session, Arguments args) throws DeviceException {
        String name = args.textOrNull("name");
        WifiStation wifi = session.board().wifi();
        if (name != null) {
            if (name.isEmpty() || name.length() > HOSTNAME_MAX) {
                throw DeviceException.badRequest("name", "must have 1 to " + HOSTNAME_MAX + " characters");
            }
            wifi.hostname(name);
        }
        return new Object[] {wifi.hostname()};
    }

    static void check(@Nullable String ssid, @Nullable String password) throws DeviceException {
        if (ssid != null) {
            int bytes = ssid.getBytes(StandardCharsets.UTF_8).length;
            if (bytes < 1 || bytes > SSID_BYTES_MAX) {
                throw DeviceException.badRequest("ssid", "must have 1 to " + SSID_BYTES_MAX + " bytes");
            }
        }
        if (password != null && password.length() > PASSWORD_MAX) {
            throw DeviceException.badRequest("password", "must have at most " + PASSWORD_MAX + " characters");
        }
    }
}
