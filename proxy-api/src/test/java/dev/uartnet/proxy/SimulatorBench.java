package dev.uartnet.proxy;

import dev.uartnet.esp32.SimulatedNetwork;
import dev.uartnet.esp32.SimulatedRadio;
import dev.uartnet.esp32.VirtualEsp32;
import java.time.Duration;

/** The bench of the simulator. */
final class SimulatorBench implements Bench {
    private final VirtualEsp32 device;

    SimulatorBench(VirtualEsp32 device) {
        this.device = device;
    }

    @Override
    public void network(String ssid, String password, int rssi) {
        device.radio()
                .add(SimulatedNetwork.secured(ssid, password).withRssi(rssi).withChannel(6));
    }

    @Override
    public void outage() {
        if (!SimulatedRadio.FIRST.equals(device.radio().joined())) {
            device.radio().remove(SimulatedRadio.FIRST); // or the board would go back into that
        }
        device.radio().outage();
    }

    @Override
    public void back() {
        device.radio().back();
    }

    @Override
    public void drive(int pin, boolean level) {
        device.pins().drive(pin, level);
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
    public double duty(int pin) {
        return device.pins().pwmDuty(pin).orElse(-1);
    }

    @Override
    public void volts(int pin, double volts) {
        device.pins().adc(pin, Math.round(volts * 1e6));
    }

    @Override
    public void temperature(double celsius) {
        device.temperature(celsius);
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
    public void close() {
        device.close();
    }
}
