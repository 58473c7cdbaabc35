package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The device as a station of Wi-Fi networks: which it is in, and what becomes of connections when that goes. Its states stand in the
 * package's description. Lives on the device's event loop.
 */
final class WifiStation {
    private static final String DEFAULT_HOSTNAME = "uartnet";

    enum State {
        IDLE("idle"),
        CONNECTING("connecting"),
        CONNECTED("connected"),
        LOST("lost");

        final String word;

        State(String word) {
            this.word = word;
        }
    }

    private final Board board;
    private final SimulatedRadio radio;
    private final long graceNanos;
    private final KnownNetworks known = new KnownNetworks();
    private State state = State.IDLE;
    private String reason = "";
    private String hostname = DEFAULT_HOSTNAME;
    private @Nullable SimulatedNetwork joined;
    private @Nullable InetAddress address;
    /** Where connections were made that may still live. */
    private @Nullable InetAddress lastAddress;

    private @Nullable String lastSsid;
    private boolean joinsByItself;
    private @Nullable WifiAttempt attempt;
    private @Nullable Future<?> verdict;
    private @Nullable Future<?> grace;
    private @Nullable AccessPoint accessPoint;

    /** @param graceNanos how long connections survive without a network */
    WifiStation(Board board, SimulatedRadio radio, long graceNanos) {
        this.board = board;
        this.radio = radio;
        this.graceNanos = graceNanos;
        radio.listen(this);
    }

    /** The device has started: is in its network at once, if that is there. */
    void start(Configuration configuration) {
        stop();
        accessPoint = null;
        joined = null;
        lastAddress = null;
        lastSsid = null;
        String named = configuration.hostname();
        hostname = named == null ? DEFAULT_HOSTNAME : named;
        known.start(configuration);
        joinsByItself = true;
        SimulatedNetwork network = choice();
        if (network != null) {
            enter(network);
        } else {
            state = known.isEmpty() ? State.IDLE : State.LOST;
            reason = state == State.IDLE
                    ? "Wi-Fi has no network to join"
                    : "Wi-Fi: none of the known networks is in reach";
        }
    }

    private void stop() {
        attempt = null;
        cancel(verdict);
        cancel(grace);
        verdict = null;
        grace = null;
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Nullable
    SimulatedNetwork joined() {
        return joined;
    }

    boolean isUp() {
        return joined != null || accessPoint != null;
    }

    /** Why what needs the network cannot be done. */
    DeviceException down() {
        return new DeviceException(ErrorCode.NETWORK_DOWN, reason, 100);
    }

    // ---- what the radio tells

    void radioChanged() {
        SimulatedNetwork network = joined;
        if (network != null && radio.find(network.ssid()) == null) {
            lose(named(network.ssid()) + "was lost: it is not heard any more");
        } else if (network != null) {
            joined = radio.find(network.ssid());
            if (!radio.address().equals(address)) {
                enter(network); // as a new lease
                tellUp();
            }
        }
        tryAgain();
    }

    private void lose(String why) {
        joined = null;
        address = null;
        state = State.LOST;
        reason = why;
        tell(false);
        endConnectionsLater();
        board.networkChanged();
    }

    private void endConnectionsLater() {
        cancel(grace);
        grace = board.loop().after(graceNanos, () -> board.networkLost(down()));
    }

    /** Looks for a network to join by itself. */
    private void tryAgain() {
        if (joined == null && joinsByItself && attempt == null && verdict == null && choice() != null) {
            verdict = board.loop().after(radio.joinNanos(), () -> {
                verdict = null;
                SimulatedNetwork network = choice();
                if (network != null) {
                    enter(network);
                    tellUp();
                }
            });
        }
    }

    /** The strongest network in reach that the device knows the password of; the one that it was in before goes first. */
    private @Nullable SimulatedNetwork choice() {
        return known.choose(radio.inReach(), lastSsid);
    }

    /** The device has an address in a network. */
    private void enter(SimulatedNetwork network) {
        InetAddress now = radio.address();
        InetAddress before = lastAddress;
        String left = lastSsid;
        joined = network;
        address = now;
        lastAddress = now;
        lastSsid = network.ssid();
        state = State.CONNECTED;
        reason = "";
        cancel(grace);
        grace = null;
        if (before != null && (!before.equals(now) || !network.ssid().equals(left))) {
            String text = network.ssid().equals(left)
                    ? named(left) + "was joined again with another address"
                    : "Wi-Fi \"" + left + "\" was left for \"" + network.ssid() + "\"";
            board.networkLost(new DeviceException(ErrorCode.NETWORK_DOWN, text, 100));
        }
        board.networkChanged();
    }

    private static String named(@Nullable String ssid) {
        return "Wi-Fi \"" + ssid + "\" ";
    }

    private void tellUp() {
        tell(true);
    }

    private void tell(boolean up) {
        InetAddress now = address;
        String text = up ? named(String.valueOf(lastSsid)) + "was joined" : reason;
        board.tell(EventKind.NETWORK, Arrays.asList(up, now == null ? null : now.getAddress(), text));
    }

    // ---- what the host asks

    void connect(WifiAttempt wanted) throws DeviceException {
        SimulatedNetwork network = target(wanted);
        WifiAttempt before = attempt;
        attempt = wanted;
        cancel(verdict);
        if (before != null) {
            before.done().accept(new DeviceException(ErrorCode.CANCELLED, "another WIFI_CONNECT took its place"));
        }
        SimulatedNetwork left = joined;
        if (left != null && (network == null || !left.ssid().equals(network.ssid()))) {
            joined = null;
            address = null;
            reason =
                    named(left.ssid()) + "was left for " + (network == null ? "another" : "\"" + network.ssid() + "\"");
            tell(false);
            board.networkLost(down());
            board.networkChanged();
        }
        if (joined == null) {
            state = State.CONNECTING;
        }
        verdict = board.loop().after(radio.joinNanos(), () -> decide(wanted));
    }

    /** The network that is meant, null if it is not heard. */
    private @Nullable SimulatedNetwork target(WifiAttempt wanted) throws DeviceException {
        String ssid = wanted.ssid();
        if (ssid != null) {
            return radio.find(ssid);
        }
        if (known.isEmpty()) {
            throw new DeviceException(ErrorCode.WIFI_NOT_FOUND, "Wi-Fi: no network is saved");
        }
        return choice();
    }

    private void decide(WifiAttempt wanted) {
        verdict = null;
        attempt = null;
        DeviceException failure = null;
        try {
            join(wanted);
        } catch (DeviceException e) {
            failure = e;
            if (joined == null) {
                state = State.IDLE;
                reason = e.text();
                joinsByItself = true; // what it knows; this one is none of them
                if (!known.isEmpty()) {
                    state = State.LOST;
                }
                tryAgain();
            }
        }
        wanted.done().accept(failure);
    }

    private void join(WifiAttempt wanted) throws DeviceException {
        SimulatedNetwork network = target(wanted);
        if (network == null || !wanted.wants(network)) {
            String what = wanted.ssid() == null ? "none of the saved networks" : "no network \"" + wanted.ssid() + "\"";
            throw new DeviceException(ErrorCode.WIFI_NOT_FOUND, "Wi-Fi: " + what + " is in reach");
        }
        String password = wanted.password();
        String given = password == null ? known.password(network.ssid()) : password;
        if (!network.takes(given)) {
            throw new DeviceException(
                    ErrorCode.WIFI_WRONG_PASSWORD, named(network.ssid()) + "does not take the password");
        }
        boolean already = joined != null;
        String taken = given == null ? "" : given;
        if (wanted.save()) {
            known.save(network.ssid(), taken);
        }
        known.learn(network.ssid(), taken);
        joinsByItself = true;
        if (!already) {
            enter(network);
            tellUp();
        }
    }

    /** Nobody waits for an attempt any more; the network that was there before is joined again. */
    void abandon(WifiAttempt over) {
        if (over == attempt) {
            cancel(verdict);
            verdict = null;
            attempt = null;
            if (joined == null) {
                state = State.LOST;
                reason = "Wi-Fi: the attempt to join a network was given up";
                tryAgain();
            }
        }
    }

    void disconnect() {
        joinsByItself = false;
        WifiAttempt running = attempt;
        cancel(verdict);
        verdict = null;
        attempt = null;
        if (running != null) {
            running.done().accept(new DeviceException(ErrorCode.CANCELLED, "a WIFI_DISCONNECT came"));
        }
        SimulatedNetwork left = joined;
        joined = null;
        address = null;
        state = State.IDLE;
        reason = left == null
                ? "Wi-Fi was disconnected by the host"
                : named(left.ssid()) + "was left: the host has asked for that";
        if (left != null) {
            tell(false);
            board.networkLost(down());
            board.networkChanged();
        }
    }

    void accessPoint(@Nullable AccessPoint wanted) {
        accessPoint = wanted;
        board.networkChanged();
    }

    List<String> saved() {
        return known.saved();
    }

    void save(String ssid, String password) {
        known.save(ssid, password);
        tryAgain();
    }

    void forget(String ssid) {
        known.forget(ssid);
    }

    String hostname() {
        return hostname;
    }

    void hostname(String name) {
        hostname = name;
    }

    /** As WIFI_STATUS answers. */
    Map<String, Object> status(List<String> nameServers) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("state", state.word);
        status.put("hostname", hostname);
        status.put("mac", new byte[] {2, 'u', 'a', 'r', 't', 'n'});
        SimulatedNetwork network = joined;
        InetAddress now = address;
        if (network == null || now == null) {
            status.put("reason", reason);
            if (lastSsid != null && state == State.LOST) {
                status.put("ssid", lastSsid);
            }
        } else {
            status.put("ssid", network.ssid());
            status.put("bssid", network.bssid());
            status.put("rssi", network.rssi());
            status.put("channel", network.channel());
            status.put("address", now.getAddress());
            status.put("netmask", netmask(now));
            status.put("gateway", gateway(now));
            status.put("dns", nameServers);
        }
        if (accessPoint != null) {
            status.put("access_point", accessPoint.named(radio.clients()));
        }
        return status;
    }

    private static byte[] netmask(InetAddress address) {
        return address.isLoopbackAddress()
                ? new byte[] {(byte) 255, 0, 0, 0}
                : new byte[] {(byte) 255, (byte) 255, (byte) 255, 0};
    }

    /** The first address of the network. */
    private static byte[] gateway(InetAddress address) {
        byte[] first = address.getAddress();
        first[first.length - 1] = 1;
        return first;
    }
}
