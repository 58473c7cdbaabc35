package dev.uartnet.proxy.board;

import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.proxy.DeviceRequests;
import dev.uartnet.proxy.LinkLostException;
import dev.uartnet.proxy.LinkState;
import dev.uartnet.proxy.ProxyClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The device's Wi-Fi ({@link ProxyClient#wifi()}).
 *
 * <pre>{@code
 * device.wifi().connect("home", "correct horse")   // Mono<WifiStatus>
 * device.wifi().scan()                             // Flux<WifiNetwork>
 * device.wifi().changes()                          // Flux<WifiChange>
 * }</pre>
 *
 * <p>The device joins the network of its configuration, or one of those saved on it, by itself, and again whenever it was lost. Sockets survive a short
 * loss; when it lasts longer than 10 s, or the address is another one afterwards, they fail, with the device's words on the Wi-Fi.
 *
 * <p>Passwords go to the device and never come back; no {@code toString}, message or log has one.
 *
 * <p>Threads and errors: see the package.
 */
public final class Wifi {
    /** How much longer than the device's own limit the answer may take. */
    private final Duration grace;

    private final ProxyClient client;
    private final DeviceRequests requests;

    /** As {@link ProxyClient#wifi()}. */
    public Wifi(ProxyClient client) {
        this.client = client;
        this.requests = client.requests();
        this.grace = requests.timeout();
    }

    /**
     * Looks for networks, which takes some seconds.
     *
     * @return the strongest first; one that several access points offer comes once for each
     */
    public Flux<WifiNetwork> scan() {
        return requests.stream(Operation.WIFI_SCAN).map(WifiNetwork::of);
    }

    /**
     * Joins a network. It is left again when the device restarts: {@link WifiConnect#save} keeps it.
     *
     * @return the status once there is an address; fails with {@link WifiException}
     */
    public Mono<WifiStatus> connect(String ssid, String password) {
        return connect(WifiConnect.to(ssid).password(password));
    }

    /**
     * Joins a network, with options. If it is another one than before, all of the device's connections and datagram sockets fail. If it fails, the device goes
     * back to the network before. A later connect ends one that is still under way.
     *
     * @return the status once there is an address; fails with {@link WifiException}
     */
    public Mono<WifiStatus> connect(WifiConnect network) {
        return requests.request(
                        network.timeout().plus(grace),
                        Operation.WIFI_CONNECT,
                        network.ssid(),
                        network.secret(),
                        network.options())
                .map(Wifi::status)
                .onErrorMap(cause -> WifiException.of(network.ssid(), cause));
    }

    /** As {@link #connect(WifiConnect)}, of the networks saved on the device the strongest that is there. */
    public Mono<WifiStatus> connectSaved() {
        return connect(WifiConnect.saved());
    }

    /**
     * Leaves the network: all of the device's connections and datagram sockets fail. The device joins none by itself until {@link #connect(WifiConnect)}, or its
     * next start.
     */
    public Mono<Void> disconnect() {
        return requests.request(Operation.WIFI_DISCONNECT).then();
    }

    /** Asks how it stands. */
    public Mono<WifiStatus> status() {
        return requests.request(Operation.WIFI_STATUS).map(Wifi::status);
    }

    /**
     * Tells whether the device has a network: how it stands at first, then each change, through all sessions. What changed while the link was down is told
     * as one change, if it still differs. Completes or fails with the client, as {@link ProxyClient#onClose}; a subscriber that does not keep up loses the
     * oldest of more than 256.
     */
    public Flux<WifiChange> changes() {
        Flux<WifiChange> told = requests.events(EventKind.NETWORK)
                .map(event -> WifiChange.of(Answer.ofList("event of the network", event.args())));
        Flux<WifiChange> present = client.states()
                .filter(LinkState::isConnected)
                .concatMap(session ->
                        // One that is lost again meanwhile has a next one.
                        status().map(WifiChange::of).onErrorResume(LinkLostException.class, lost -> Mono.empty()));
        return Flux.merge(told, present)
                .distinctUntilChanged(change -> change, (before, now) -> !now.differs(before))
                .takeUntilOther(client.onClose());
    }

    // ---- an access point

    /**
     * Offers a network, beside the one that the device may have joined.
     *
     * @return the status, with {@link WifiStatus#accessPoint}
     */
    public Mono<WifiStatus> startAccessPoint(AccessPoint offered) {
        return requests.request(Operation.WIFI_ACCESS_POINT, offered.ssid(), offered.secret(), offered.options())
                .map(Wifi::status);
    }

    /** Ends that. */
    public Mono<WifiStatus> stopAccessPoint() {
        return requests.request(Operation.WIFI_ACCESS_POINT, null, null, Map.of())
                .map(Wifi::status);
    }

    // ---- what the device keeps

    /** Returns the names of the networks that are saved on the device. */
    public Mono<List<String>> savedNetworks() {
        return requests.request(Operation.WIFI_NETWORKS).map(Wifi::names);
    }

    /**
     * Saves a network on the device, which joins it by itself when it is there, or another password of one.
     *
     * @param password empty for an open network
     * @return the names of all that are saved
     */
    public Mono<List<String>> save(String ssid, String password) {
        return requests.request(
                        Operation.WIFI_NETWORKS,
                        Objects.requireNonNull(ssid, "ssid"),
                        Objects.requireNonNull(password, "password"))
                .map(Wifi::names);
    }

    /**
     * Forgets a saved network; no error if there is none of that name.
     *
     * @return the names of those that are left
     */
    public Mono<List<String>> forget(String ssid) {
        return requests.request(Operation.WIFI_NETWORKS, Objects.requireNonNull(ssid, "ssid"), null)
                .map(Wifi::names);
    }

    /** Returns the device's name in the network. */
    public Mono<String> hostname() {
        return requests.request(Operation.WIFI_HOSTNAME, (Object) null).map(Wifi::name);
    }

    /**
     * Gives the device a name, at most 32 letters, digits and hyphens; networks learn it when the device joins them the next time.
     *
     * @return the name in force
     */
    public Mono<String> hostname(String name) {
        return requests.request(Operation.WIFI_HOSTNAME, Objects.requireNonNull(name, "name"))
                .map(Wifi::name);
    }

    private static WifiStatus status(List<@Nullable Object> results) {
        return WifiStatus.of(results.isEmpty() ? null : results.get(0));
    }

    private static String name(List<@Nullable Object> results) {
        return Answer.ofList("hostname", results).requiredText(0);
    }

    private static List<String> names(List<@Nullable Object> results) {
        Answer answer = Answer.ofList("saved networks", results);
        return IntStream.range(0, results.size()).mapToObj(answer::requiredText).toList();
    }
}
