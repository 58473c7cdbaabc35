package dev.uartnet.esp32;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What WIFI_CONNECT has asked for.
 *
 * @param ssid the network; null: of the saved ones the strongest
 * @param password null: the saved one, or none
 * @param bssid the one station of the network; null: any
 * @param save whether it is saved when it was joined
 * @param done gets null when the device has an address, or why it has none
 */
record WifiAttempt(
        @Nullable String ssid,
        @Nullable String password,
        byte @Nullable [] bssid,
        boolean save,
        Consumer<@Nullable DeviceException> done) {}
