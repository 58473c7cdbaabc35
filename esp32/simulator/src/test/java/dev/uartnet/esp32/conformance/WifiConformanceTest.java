package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uartnet.codec.message.ChannelClose;
import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.EventKind;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: Wi-Fi, and what becomes of connections with it. */
@EachBoard
class WifiConformanceTest extends BoardConformanceTest {
    private static final int CREDIT = 8192;
    private static final String HOME = "home";
    private static final String PASSWORD = "correct horse";
    /** Also of this machine, wherever that is Linux. */
    private static final String OTHER_ADDRESS = "127.0.0.2";

    private Peer peer;

    @BeforeEach
    void openPeer() throws Exception {
        peer = new Peer();
    }

    @AfterEach
    void closePeer() throws Exception {
        peer.close();
    }

    private void addHome() {
        bench.addNetwork(HOME, PASSWORD, -60, 11);
    }

    private Map<?, ?> status() throws Exception {
        return map(Operation.WIFI_STATUS);
    }

    private List<@Nullable Object> awaitNetwork(boolean up) throws Exception {
        List<@Nullable Object> event;
        do {
            event = host.awaitEvent(EventKind.NETWORK);
        } while (!Boolean.valueOf(up).equals(event.get(0)));
        return event;
    }

    private void assertNetworkDown(ChannelClose close) {
        assertThat(close.code()).as(close.text()).isEqualTo(ErrorCode.NETWORK_DOWN);
        assertThat(close.text()).contains("Wi-Fi");
    }

    private void assertEchoes(HostChannel channel) throws Exception {
        byte[] content = Peer.content(1000);
        channel.send(content);
        assertThat(channel.receive(content.length)).isEqualTo(content);
        channel.grantBack();
    }

    // Looking

    @Test
    void theStatusTellsTheNetwork() throws Exception {
        Map<?, ?> status = status();

        assertThat(status.get("state")).isEqualTo("connected");
        assertThat(status.get("ssid")).isEqualTo(bench.firstNetwork());
        assertThat((byte[]) status.get("address")).containsExactly(127, 0, 0, 1);
        assertThat((byte[]) status.get("mac")).hasSize(6);
        assertThat((Long) status.get("rssi")).isNegative();
        assertThat((Long) status.get("channel")).isEqualTo(1L);
        assertThat(status.get("hostname")).isInstanceOf(String.class);
    }

    @Test
    void aScanFindsNetworksTheStrongestFirst() throws Exception {
        bench.addNetwork("far", PASSWORD, -88, 11);
        bench.addNetwork("near", PASSWORD, -10, 6);
        bench.addNetwork("cafe", null, -70, 3);

        List<Object> found = host.stream(Operation.WIFI_SCAN).all();

        List<String> names = new ArrayList<>();
        for (Object item : found) {
            names.add(new String((byte[]) ((List<?>) item).get(0), StandardCharsets.UTF_8));
        }
        assertThat(names).containsExactly("near", bench.firstNetwork(), "cafe", "far");
        List<?> near = (List<?>) found.get(0);
        assertThat((byte[]) near.get(1)).hasSize(6);
        assertThat(near.subList(2, 6)).isEqualTo(List.of(6L, -10L, 3L, false));
        assertThat(((List<?>) found.get(2)).get(4)).isEqualTo(0L);
    }

    @Test
    void aScanGivesAsManyAsAreDemanded() throws Exception {
        for (int i = 0; i < 5; i++) {
            bench.addNetwork("network " + i, PASSWORD, -60 - i, 1);
        }
        HostStream scan = host.stream(Operation.WIFI_SCAN).demand(2);
        scan.item();
        scan.item();
        host.request(Operation.PING);
        assertThat(scan.waiting()).isZero();

        assertThat(scan.all()).hasSize(4);
    }

    // Joining

    @Test
    void theDeviceJoinsAnotherNetwork() throws Exception {
        addHome();
        peer.echo();
        HostChannel connection = host.connect(0, peer.port(), CREDIT);
        HostDatagrams datagrams = host.bind(2, CREDIT);
        HostListener listener = host.listen(4, 1, CREDIT);

        Map<?, ?> status = map(Operation.WIFI_CONNECT, HOME, PASSWORD, Map.of());

        assertThat(status.get("state")).isEqualTo("connected");
        assertThat(status.get("ssid")).isEqualTo(HOME);
        assertThat(status.get("rssi")).isEqualTo(-60L);
        assertNetworkDown(connection.awaitClose());
        assertNetworkDown(datagrams.awaitClose());
        assertThat(listener.isClosed()).isFalse();
        assertThat(awaitNetwork(true).get(2).toString()).contains(HOME);
    }

    @Test
    void whatCannotBeJoinedIsTold() {
        addHome();
        assertRefused(ErrorCode.WIFI_NOT_FOUND, "nowhere", Operation.WIFI_CONNECT, "nowhere", "password", Map.of());
        assertRefused(ErrorCode.WIFI_WRONG_PASSWORD, HOME, Operation.WIFI_CONNECT, HOME, "wrong horse", Map.of());
        assertRefused(ErrorCode.WIFI_WRONG_PASSWORD, HOME, Operation.WIFI_CONNECT, HOME, null, Map.of());
    }

    @Test
    void passwordsNeverTravelBack() throws Exception {
        addHome();
        Map<?, ?> status = map(Operation.WIFI_CONNECT, HOME, PASSWORD, Map.of("save", true));
        assertThat(status.toString()).doesNotContain(PASSWORD);
        assertThat(host.request(Operation.WIFI_NETWORKS).toString())
                .contains(HOME)
                .doesNotContain(PASSWORD);
        assertThat(host.refused(Operation.WIFI_CONNECT, HOME, "another secret", Map.of())
                        .text())
                .doesNotContain("another secret")
                .doesNotContain(PASSWORD);
    }

    @Test
    void aSavedNetworkNeedsNoPassword() throws Exception {
        addHome();
        assertThat(host.request(Operation.WIFI_NETWORKS)).isEmpty();
        assertThat(host.request(Operation.WIFI_NETWORKS, HOME, PASSWORD)).containsExactly(HOME);

        assertThat(map(Operation.WIFI_CONNECT, HOME, null, Map.of()).get("ssid"))
                .isEqualTo(HOME);

        assertThat(host.request(Operation.WIFI_NETWORKS, HOME, null)).isEmpty();
    }

    @Test
    void withoutANameTheStrongestSavedNetworkIsJoined() throws Exception {
        host.request(Operation.WIFI_DISCONNECT);
        bench.removeNetwork(bench.firstNetwork());
        addHome();
        bench.addNetwork("near", PASSWORD, -20, 6);
        bench.addNetwork("stranger", null, -10, 6);
        host.request(Operation.WIFI_NETWORKS, HOME, PASSWORD);
        host.request(Operation.WIFI_NETWORKS, "near", PASSWORD);

        assertThat(map(Operation.WIFI_CONNECT, null, null, Map.of()).get("ssid"))
                .isEqualTo("near");
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertBadRequest("ssid", Operation.WIFI_CONNECT, "", null, Map.of());
        assertBadRequest("ssid", Operation.WIFI_CONNECT, "x".repeat(33), null, Map.of());
        assertBadRequest("ssid", Operation.WIFI_CONNECT, 5, null, Map.of());
        assertBadRequest("password", Operation.WIFI_CONNECT, HOME, 5, Map.of());
        assertBadRequest("bssid", Operation.WIFI_CONNECT, HOME, null, Map.of("bssid", new byte[5]));
        assertBadRequest("timeout_ms", Operation.WIFI_CONNECT, HOME, null, Map.of("timeout_ms", 0));
        assertRefused(ErrorCode.UNSUPPORTED, "fast", Operation.WIFI_CONNECT, HOME, null, Map.of("fast", true));
        assertBadRequest("password", Operation.WIFI_ACCESS_POINT, "mine", "short", Map.of());
        assertBadRequest("channel", Operation.WIFI_ACCESS_POINT, "mine", null, Map.of("channel", 15));
        assertBadRequest("name", Operation.WIFI_HOSTNAME, "x".repeat(33));
    }

    // Losing

    @Test
    void aShortOutageIsToldAndConnectionsSurvive() throws Exception {
        peer.echo();
        HostChannel connection = host.connect(0, peer.port(), CREDIT);

        bench.outage();
        List<@Nullable Object> lost = awaitNetwork(false);
        assertThat(lost.get(1)).isNull();
        assertThat(lost.get(2).toString()).contains(bench.firstNetwork());
        assertThat(status().get("state")).isEqualTo("lost");
        bench.back();
        List<@Nullable Object> again = awaitNetwork(true);
        assertThat((byte[]) again.get(1)).containsExactly(127, 0, 0, 1);

        assertThat(connection.isClosed()).isFalse();
        assertEchoes(connection);
    }

    @Test
    void whatNeedsTheNetworkFailsDuringAnOutage() throws Exception {
        bench.outage();
        awaitNetwork(false);

        RequestFailedException error =
                host.refused(Operation.TCP_CONNECT, 0, Peer.localhost(), peer.port(), CREDIT, Map.of());
        assertThat(error.errorCode()).isEqualTo(ErrorCode.NETWORK_DOWN);
        assertThat(error.text()).contains("Wi-Fi");
        assertRefused(ErrorCode.NETWORK_DOWN, "Wi-Fi", Operation.RESOLVE, TestNameServer.SERVER, 0);

        bench.back();
        awaitNetwork(true);
        host.connect(0, peer.port(), CREDIT);
    }

    @Test
    void aLongOutageEndsConnectionsAndLeavesListeners() throws Exception {
        assumeTrue(kind != BoardKind.FIRMWARE_32_BIT_200K, "it is the same at 64 bits, and takes 13 s");
        peer.echo();
        addHome();
        map(Operation.WIFI_CONNECT, HOME, PASSWORD, Map.of()); // which saves nothing
        bench.removeNetwork(bench.firstNetwork());
        HostChannel connection = host.connect(0, peer.port(), CREDIT);
        HostDatagrams datagrams = host.bind(2, CREDIT);
        HostListener listener = host.listen(4, 1, CREDIT);

        bench.outage();
        awaitNetwork(false);
        assertThat(connection.isClosed()).isFalse();
        assertNetworkDown(connection.awaitClose(bench.grace()));
        assertNetworkDown(datagrams.awaitClose());
        assertThat(listener.isClosed()).isFalse();
        assertThat(status().get("state")).isEqualTo("lost");

        bench.back();
        awaitNetwork(true);
        assertThat(status().get("ssid")).isEqualTo(HOME);
        try (Clients clients = new Clients()) {
            listener.serve(HostChannel::echo);
            byte[] content = Peer.content(1000);
            assertThat(Clients.roundTrip(clients.connect(listener.port()), content))
                    .isEqualTo(content);
        }
    }

    @Test
    void anotherAddressEndsConnections() throws Exception {
        peer.echo();
        HostChannel connection = host.connect(0, peer.port(), CREDIT);
        HostListener listener = host.listen(4, 1, CREDIT);

        bench.outage();
        awaitNetwork(false);
        bench.back(OTHER_ADDRESS);

        assertThat((byte[]) awaitNetwork(true).get(1)).containsExactly(127, 0, 0, 2);
        assertNetworkDown(connection.awaitClose());
        assertThat(listener.isClosed()).isFalse();
    }

    @Test
    void afterADisconnectTheDeviceJoinsNothingByItself() throws Exception {
        peer.echo();
        HostChannel connection = host.connect(0, peer.port(), CREDIT);
        assertThat(host.request(Operation.WIFI_DISCONNECT)).isEmpty();
        assertNetworkDown(connection.awaitClose());

        assertThat(status().get("state")).isEqualTo("idle");
        assertThat(status().get("reason").toString()).isNotEmpty();
        assertRefused(ErrorCode.NETWORK_DOWN, "Wi-Fi", Operation.RESOLVE, TestNameServer.SERVER, 0);

        map(Operation.WIFI_CONNECT, bench.firstNetwork(), null, Map.of());
        assertThat(host.request(Operation.RESOLVE, TestNameServer.SERVER, 0)).isNotEmpty();
    }

    // Cancelling

    @Test
    void aSecondAttemptTakesTheFirstOnesPlace() throws Exception {
        addHome();
        Future<List<@Nullable Object>> first =
                host.begin(Operation.WIFI_CONNECT, Host.NO_DEADLINE, "nowhere", "password", Map.of());
        Future<List<@Nullable Object>> second =
                host.begin(Operation.WIFI_CONNECT, Host.NO_DEADLINE, HOME, PASSWORD, Map.of());
        Host.await(first);
        Host.await(second);
        assertThat(first.cause()).isInstanceOf(RequestFailedException.class);
        assertThat(second.isSuccess()).isTrue();
        assertThat(status().get("ssid")).isEqualTo(HOME);
    }

    // The rest

    @Test
    void theHostnameCanBeSet() throws Exception {
        assertThat(host.request(Operation.WIFI_HOSTNAME, "workbench")).containsExactly("workbench");
        assertThat(host.request(Operation.WIFI_HOSTNAME, (Object) null)).containsExactly("workbench");
        assertThat(status().get("hostname")).isEqualTo("workbench");
    }

    @Test
    void theDeviceHasANetworkOfItsOwn() throws Exception {
        Map<?, ?> status =
                map(Operation.WIFI_ACCESS_POINT, "mine", "long enough", Map.of("channel", 6, "clients_max", 2));
        Map<?, ?> own = (Map<?, ?>) status.get("access_point");
        assertThat(own.get("ssid")).isEqualTo("mine");
        assertThat(own.get("channel")).isEqualTo(6L);
        assertThat((Long) own.get("security")).isPositive();
        assertThat(own.get("clients")).isEqualTo(0L);
        assertThat((byte[]) own.get("address")).hasSize(4);

        assertThat(map(Operation.WIFI_ACCESS_POINT, null, null, Map.of()).get("access_point"))
                .isNull();
    }
}
