package dev.uartnet.esp32;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What WIFI_CONNECT has asked for. */
final class WifiAttempt {
    private final @Nullable String ssid;
    private final @Nullable String password;
    private final byte @Nullable [] bssid;
    private final boolean save;
    private final Consumer<@Nullable DeviceException> done;

    /**
     * @param ssid the network; null: of the saved ones the strongest
     * @param password null: the saved one, or none
     * @param bssid the one station of the network; null: any
     * @param save whether it is saved when it was joined
     * @param done gets null when the device has an address, or why it has none
     */
    WifiAttempt(
            @Nullable String ssid,
            @Nullable String password,
            byte @Nullable [] bssid,
            boolean save,
            Consumer<@Nullable DeviceException> done) {
        this.ssid = ssid;
        this.password = password;
        this.bssid = bssid;
        this.save = save;
        this.done = done;
    }

    @Nullable
    String ssid() {
        return ssid;
    }

    @Nullable
    String password() {
        return password;
    }

    boolean wants(SimulatedNetwork network) {
        return bssid == null || Arrays.equals(bssid, network.bssid());
    }

    boolean save() {
        return save;
    }

    Consumer<@Nullable DeviceException> done() {
        return done;
    }
}
