package dev.uartnet.esp32;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The air around a virtual device, scripted by a test: which Wi-Fi networks are in reach, and what happens to them. At first there is one
 * open network, {@value #FIRST}, and the device is in it with the address 127.0.0.1.
 *
 * <pre>{@code
 * device.radio().add(SimulatedNetwork.secured("home", "correct horse").withRssi(-60));
 * device.radio().outage();
 * }</pre>
 *
 * <p>Any thread may call; each call waits for the device's event loop, and has been carried out when it returns. So no event loop but the
 * device's own may.
 */
public final class SimulatedRadio {
    /** The network that is there at first. */
    public static final String FIRST = "simulated";

    private final DeviceLoop loop;
    private final Map<String, SimulatedNetwork> networks = new LinkedHashMap<>();
    private final Set<String> silent = new HashSet<>();
    private InetAddress address = InetAddress.getLoopbackAddress();
    private long joinNanos = Duration.ofMillis(30).toNanos();
    private int clients;
    private @Nullable WifiStation station;

    SimulatedRadio(DeviceLoop loop) {
        this.loop = loop;
        networks.put(FIRST, SimulatedNetwork.open(FIRST));
    }

    void listen(WifiStation listener) {
        station = listener;
    }

    /** A network comes, or one of that name is like this from now on. */
    public void add(SimulatedNetwork network) {
        loop.run(() -> {
            networks.put(network.ssid(), network);
            station().radioChanged();
        });
    }

    /** A network goes for good. */
    public void remove(String ssid) {
        loop.run(() -> {
            networks.remove(ssid);
            station().radioChanged();
        });
    }

    /** The network that the device is in goes, and is not to be found until {@link #back}. */
    public void outage() {
        loop.run(() -> {
            SimulatedNetwork joined = station().joined();
            if (joined != null) {
                silent.add(joined.ssid());
                station().radioChanged();
            }
        });
    }

    /** The networks that went by an {@link #outage} are there again, and give the device the address that it had. */
    public void back() {
        loop.run(() -> {
            silent.clear();
            station().radioChanged();
        });
    }

    /** They are there again, and give the device another address: its connections end. */
    public void back(InetAddress other) {
        loop.run(() -> {
            silent.clear();
            address = other;
            station().radioChanged();
        });
    }

    /** How long it takes the device to join a network, or to find that it cannot. Default 30 ms. */
    public void joinTime(Duration time) {
        loop.run(() -> joinNanos = time.toNanos());
    }

    /** How many clients the device's own access point has, while there is one. Default 0. */
    public void accessPointClients(int count) {
        loop.run(() -> clients = count);
    }

    /** Returns the name of the network that the device is in, or null. */
    public @Nullable String joined() {
        return loop.call(() -> {
            SimulatedNetwork joined = station().joined();
            return joined == null ? null : joined.ssid();
        });
    }

    // ---- for the device

    /** Those that are heard, the strongest first. */
    List<SimulatedNetwork> inReach() {
        List<SimulatedNetwork> heard = new ArrayList<>(networks.values());
        heard.removeIf(network -> silent.contains(network.ssid()));
        heard.sort(Comparator.comparingInt(SimulatedNetwork::rssi).reversed());
        return heard;
    }

    /** The one of that name, if it is heard. */
    @Nullable
    SimulatedNetwork find(String ssid) {
        return silent.contains(ssid) ? null : networks.get(ssid);
    }

    InetAddress address() {
        return address;
    }

    long joinNanos() {
        return joinNanos;
    }

    int clients() {
        return clients;
    }

    private WifiStation station() {
        if (station == null) {
            throw new IllegalStateException("there is no device yet");
        }
        return station;
    }
}
