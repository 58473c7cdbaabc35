package dev.uartnet.proxy;

import java.time.Duration;

/** What is around a simulated board: the air, wires, voltages, time servers. Scripted by a test. */
interface Bench extends AutoCloseable {
    /** A network with WPA2 comes into reach; the board stays in the one that it is in. */
    void network(String ssid, String password, int rssi) throws Exception;

    /** The network that the board is in goes, and is not to be found until {@link #back}. */
    void outage() throws Exception;

    void back() throws Exception;

    /** Something outside drives a pin. */
    void drive(int pin, boolean level) throws Exception;

    /** What a voltmeter shows. */
    boolean level(int pin) throws Exception;

    /** Toggles a pin from outside; returns at once. */
    void edges(int pin, int count, Duration interval) throws Exception;

    /** Which part of the time PWM has a pin high; negative if there is none. */
    double duty(int pin) throws Exception;

    void volts(int pin, double volts) throws Exception;

    void temperature(double celsius) throws Exception;

    /** How far the time servers are ahead of this machine's clock. */
    void ntpOffset(Duration ahead) throws Exception;

    void ntpSilent(boolean silent) throws Exception;

    @Override
    void close();
}
