package dev.uartnet.esp32.bench;

import dev.uartnet.esp32.SimulatedNetwork;
import dev.uartnet.esp32.SimulatedRadio;
import dev.uartnet.esp32.VirtualEsp32;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bench of a {@link VirtualEsp32}. */
public final class VirtualBench implements Bench {
    private final VirtualEsp32 device;
    private final Duration grace;

    /** @param grace what the device was built with */
    public VirtualBench(VirtualEsp32 device, Duration grace) {
        this.device = device;
        this.grace = grace;
    }

    @Override
    public String firstNetwork() {
        return SimulatedRadio.FIRST;
    }

    @Override
    public void addNetwork(String ssid, @Nullable String password, int rssi, int channel) {
        SimulatedNetwork network =
                password == null ? SimulatedNetwork.open(ssid) : SimulatedNetwork.secured(ssid, password);
        device.radio().add(network.withRssi(rssi).withChannel(channel));
    }

    @Override
    public void removeNetwork(String ssid) {
        device.radio().remove(ssid);
    }

    @Override
    public void outage() {
        device.radio().outage();
    }

    @Override
    public void back() {
        device.radio().back();
    }

    @Override
    public void back(String address) {
        try {
            device.radio().back(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    @Override
    public Duration grace() {
        return grace;
    }

    @Override
    public void ntpOffset(Duration ahead) {
        device.clock().ntpOffset(ahead);
    }

    @Override
    public void ntpSilent(boolean silent) {
        device.clock().ntpSilent(silent);
    }

    @Override
    public void drive(int pin, boolean... levels) {
        for (boolean level : levels) {
            device.pins().drive(pin, level);
        }
    }

    @Override
    public boolean level(int pin) {
        return device.pins().level(pin);
    }

    @Override
    public void edges(int pin, int count, Duration interval) {
        device.pins().edges(pin, count, interval);
    }

    @Override
    public void connect(int one, int other) {
        device.pins().connect(one, other);
    }

    @Override
    public void adc(int pin, long microvolts) {
        device.pins().adc(pin, microvolts);
    }

    @Override
    public List<Long> pwm(int pin) {
        return device.pins().pwmFrequency(pin).isEmpty()
                ? List.of()
                : List.of(
                        Math.round(device.pins().pwmFrequency(pin).getAsDouble()),
                        Math.round(device.pins().pwmDuty(pin).getAsDouble() * 65_535));
    }

    @Override
    public void temperature(double celsius) {
        device.temperature(celsius);
    }
}
