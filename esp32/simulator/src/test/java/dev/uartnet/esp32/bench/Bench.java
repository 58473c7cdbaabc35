package dev.uartnet.esp32.bench;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a test does to the outside of a board: its radio, its pins, its time servers. Each call has taken effect when it returns. */
public interface Bench {
    // Wi-Fi

    /** The network that the board is in when it starts. */
    String firstNetwork();

    /** A network comes into reach; without a password it is an open one, else WPA2. */
    void addNetwork(String ssid, @Nullable String password, int rssi, int channel);

    void removeNetwork(String ssid);

    /** The network that the board is in goes, and cannot be found. */
    void outage();

    /** It is there again. */
    void back();

    /** It is there again, and gives the board another address. */
    void back(String address);

    /** How long the board's connections survive an outage. */
    Duration grace();

    // Clock

    /** How far the time server is ahead of this machine. */
    void ntpOffset(Duration ahead);

    void ntpSilent(boolean silent);

    // Pins

    /** Drives a pin to these levels, one right after the other. */
    void drive(int pin, boolean... levels);

    boolean level(int pin);

    /** Toggles a pin, and returns at once. */
    void edges(int pin, int count, Duration interval);

    void connect(int one, int other);

    void adc(int pin, long microvolts);

    /** Frequency in Hz and duty of 65,535; empty without a PWM. */
    List<Long> pwm(int pin);

    // Device

    void temperature(double celsius);
}
