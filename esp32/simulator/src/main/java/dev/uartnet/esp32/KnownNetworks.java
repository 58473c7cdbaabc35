package dev.uartnet.esp32;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The networks that the device can join by itself, with their passwords. Lives on the device's event loop. */
final class KnownNetworks {
    private final Map<String, String> saved = new LinkedHashMap<>();
    /** That of the configuration, and those that it was told to join since it started. */
    private Map<String, String> own = Map.of();

    /** The device has started: what was saved it still knows. */
    void start(Configuration configuration) {
        String ssid = configuration.ssid();
        own = ssid == null ? Map.of() : Map.of(ssid, configuration.password());
    }

    boolean isEmpty() {
        return own.isEmpty() && saved.isEmpty();
    }

    /** Until the device starts again. */
    void learn(String ssid, String password) {
        own = new LinkedHashMap<>(own);
        own.put(ssid, password);
    }

    void save(String ssid, String password) {
        saved.put(ssid, password);
    }

    void forget(String ssid) {
        saved.remove(ssid);
    }

    List<String> saved() {
        return saved.keySet().stream().sorted().toList();
    }

    /** Returns null for a network that is not known. */
    @Nullable
    String password(String ssid) {
        return saved.containsKey(ssid) ? saved.get(ssid) : own.get(ssid);
    }

    /**
     * Returns the network to join, null if there is none.
     *
     * @param inReach the strongest first
     * @param first the name of the one that is taken before stronger ones
     */
    @Nullable
    SimulatedNetwork choose(List<SimulatedNetwork> inReach, @Nullable String first) {
        List<SimulatedNetwork> known = inReach.stream()
                .filter(network -> knows(network.ssid()) && network.takes(password(network.ssid())))
                .toList();
        for (SimulatedNetwork network : known) {
            if (network.ssid().equals(first)) {
                return network;
            }
        }
        return known.isEmpty() ? null : known.get(0);
    }

    private boolean knows(String ssid) {
        return own.containsKey(ssid) || saved.containsKey(ssid);
    }
}
