package dev.uartnet.esp32;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The device's own Wi-Fi network, while there is one.
 *
 * @param ssid its name
 * @param secured whether it has a password
 * @param channel 1 to 13
 */
record AccessPoint(String ssid, boolean secured, int channel) {
    private static final byte[] ADDRESS = {(byte) 192, (byte) 168, 4, 1};
    private static final int WPA2 = 3;

    Map<String, Object> named(int clients) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("ssid", ssid);
        named.put("address", ADDRESS.clone());
        named.put("channel", channel);
        named.put("security", secured ? WPA2 : 0);
        named.put("clients", clients);
        return named;
    }
}
