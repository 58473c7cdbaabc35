package dev.uartnet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.proxy.board.AccessPoint;
import dev.uartnet.proxy.board.MacAddress;
import dev.uartnet.proxy.board.WifiChange;
import dev.uartnet.proxy.board.WifiConnect;
import dev.uartnet.proxy.board.WifiException;
import dev.uartnet.proxy.board.WifiException.Reason;
import dev.uartnet.proxy.board.WifiNetwork;
import dev.uartnet.proxy.board.WifiSecurity;
import dev.uartnet.proxy.board.WifiStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.NoRouteToHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What users do with Wi-Fi. */
abstract class WifiPrograms extends BoardPrograms {
    private static final String PASSWORD = "correct horse";

    WifiPrograms(TestBoard.Start start) {
        super(start);
    }

    @Test
    void scansStrongestFirst() throws Exception {
        bench().addNetwork("far", PASSWORD, -88, 6);
        bench().addNetwork("near", PASSWORD, -35, 6);
        bench().addNetwork("middle", PASSWORD, -61, 6);
        List<WifiNetwork> networks = get(client().wifi().scan().collectList());
        assertThat(networks)
                .isSortedAccordingTo(Comparator.comparingInt(WifiNetwork::rssi).reversed());
        assertThat(networks).extracting(WifiNetwork::ssid).contains("near", "middle", "far");
        WifiNetwork near = networks.stream()
                .filter(network -> network.ssid().equals("near"))
                .findFirst()
                .orElseThrow();
        assertThat(near.rssi()).isEqualTo(-35);
        assertThat(near.security()).isEqualTo(WifiSecurity.WPA2);
        assertThat(near.hidden()).isFalse();
        assertThat(near.channel()).isBetween(1, 14);
        assertThat(near.bssid()).isNotNull();
        assertThat(near.toString()).contains("near", "-35 dBm", "WPA2");
    }

    @Test
    void joinsANetwork() throws Exception {
        bench().addNetwork("home", PASSWORD, -60, 6);
        WifiStatus joined = get(client().wifi().connect("home", PASSWORD));
        assertThat(joined.isConnected()).isTrue();
        assertThat(joined.ssid()).isEqualTo("home");
        assertThat(joined.rssi()).isEqualTo(-60);
        assertThat(joined.address()).isNotNull();
        assertThat(joined.mac()).isNotNull();
        assertThat(joined.toString()).startsWith("connected to \"home\"").doesNotContain(PASSWORD);
        WifiStatus status = get(client().wifi().status());
        assertThat(status.ssid()).isEqualTo("home");
        assertThat(status.state()).isEqualTo(WifiStatus.State.CONNECTED);
    }

    @Test
    void joinsOneAccessPointOnly() throws Exception {
        bench().addNetwork("home", PASSWORD, -60, 6);
        MacAddress there = get(client().wifi()
                        .scan()
                        .filter(n -> n.ssid().equals("home"))
                        .next())
                .bssid();
        WifiConnect home = WifiConnect.to("home").password(PASSWORD);
        MacAddress elsewhere = MacAddress.parse("02:ff:ff:ff:ff:01");
        WifiException absent = failure(WifiException.class, client().wifi().connect(home.bssid(elsewhere)));
        assertThat(absent.reason()).isEqualTo(Reason.NOT_FOUND);
        WifiStatus joined = get(client().wifi().connect(home.bssid(there)));
        assertThat(joined.bssid()).isEqualTo(there);
    }

    @Test
    void tellsAWrongPassword() throws Exception {
        bench().addNetwork("home", PASSWORD, -60, 6);
        String wrong = "battery staple";
        WifiException refused = failure(WifiException.class, client().wifi().connect("home", wrong));
        assertThat(refused.reason()).isEqualTo(Reason.WRONG_PASSWORD);
        assertThat(refused).hasMessageContaining("cannot join the Wi-Fi network \"home\": wrong password");
        StringWriter everything = new StringWriter();
        refused.printStackTrace(new PrintWriter(everything));
        assertThat(everything.toString()).doesNotContain(wrong).doesNotContain(PASSWORD);
    }

    @Test
    void tellsANetworkThatIsNotThere() throws Exception {
        WifiException absent = failure(WifiException.class, client().wifi().connect("nowhere", PASSWORD));
        assertThat(absent.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(absent).hasMessageContaining("\"nowhere\"");
    }

    @Test
    void keepsNetworks() throws Exception {
        bench().addNetwork("home", PASSWORD, -60, 6);
        assertThat(get(client().wifi().save("home", PASSWORD))).contains("home");
        assertThat(get(client().wifi().savedNetworks())).contains("home");
        // With the saved password.
        assertThat(get(client().wifi().connect(WifiConnect.to("home"))).ssid()).isEqualTo("home");
        run(client().wifi().disconnect());
        assertThat(get(client().wifi().status()).isConnected()).isFalse();
        assertThat(get(client().wifi().connectSaved()).ssid()).isEqualTo("home");
        assertThat(get(client().wifi().forget("home"))).doesNotContain("home");
        assertThat(get(client().wifi().savedNetworks())).doesNotContain("home");
    }

    @Test
    void savesWhatItJoins() throws Exception {
        bench().addNetwork("home", PASSWORD, -60, 6);
        run(client().wifi().connect(WifiConnect.to("home").password(PASSWORD).save()));
        assertThat(get(client().wifi().savedNetworks())).contains("home");
    }

    @Test
    void hasAName() {
        assertThat(get(client().wifi().hostname("sensor-12"))).isEqualTo("sensor-12");
        assertThat(get(client().wifi().hostname())).isEqualTo("sensor-12");
    }

    @Test
    void offersANetwork() {
        AccessPoint own = AccessPoint.named("own").password("eight letters").channel(11);
        WifiStatus with = get(client().wifi().startAccessPoint(own));
        assertThat(with.accessPoint()).isNotNull();
        assertThat(with.accessPoint().ssid()).isEqualTo("own");
        assertThat(with.accessPoint().security()).isNotEqualTo(WifiSecurity.OPEN);
        assertThat(with.toString()).doesNotContain("eight letters");
        assertThat(get(client().wifi().stopAccessPoint()).accessPoint()).isNull();
    }

    @Test
    void anOutageEndsSocketsWithWordsThatSayWifi() throws Exception {
        bench().addNetwork("home", PASSWORD, -60, 6);
        run(client().wifi().connect(WifiConnect.to("home").password(PASSWORD).save()));
        BlockingQueue<WifiChange> changes = new LinkedTransferQueue<>();
        Disposable watching = client().wifi().changes().subscribe(changes::add);
        try (EchoServer echo = new EchoServer()) {
            assertThat(next(changes).connected()).isTrue();
            ProxyConnection connection = get(client().sockets().connect("127.0.0.1", echo.port()));
            ProxyDatagramSocket datagrams = get(client().sockets().udp(0));
            CompletableFuture<?> reading = connection.receive().then().toFuture();
            CompletableFuture<?> hearing = datagrams.receive().then().toFuture();
            bench().removeNetwork(bench().firstNetwork()); // or the board would go back into that
            bench().outage();
            WifiChange lost = next(changes);
            assertThat(lost.connected()).isFalse();
            assertThat(lost.text()).contains("Wi-Fi");
            assertThat(end(reading))
                    .isInstanceOf(NoRouteToHostException.class)
                    .hasMessageContaining("Network is unreachable (device: ")
                    .hasMessageContaining("Wi-Fi");
            assertThat(end(hearing)).isInstanceOf(NoRouteToHostException.class).hasMessageContaining("Wi-Fi");
            assertThat(failure(NoRouteToHostException.class, client().sockets().connect("127.0.0.1", echo.port())))
                    .hasMessageContaining("Wi-Fi");
            assertThat(get(client().wifi().status()).state()).isIn(WifiStatus.State.LOST, WifiStatus.State.CONNECTING);
            bench().back();
            assertThat(next(changes).connected()).isTrue();
            run(get(client().sockets().connect("127.0.0.1", echo.port())).close());
        } finally {
            watching.dispose();
        }
    }

    @Test
    void aShortOutageEndsNoSocket() throws Exception {
        BlockingQueue<WifiChange> changes = new LinkedTransferQueue<>();
        Disposable watching = client().wifi().changes().subscribe(changes::add);
        try (EchoServer echo = new EchoServer()) {
            assertThat(next(changes).connected()).isTrue();
            ProxyConnection connection = get(client().sockets().connect("127.0.0.1", echo.port()));
            bench().outage();
            assertThat(next(changes).connected()).isFalse();
            bench().back();
            assertThat(next(changes).connected()).isTrue();
            run(connection.send(
                    Mono.fromSupplier(() -> Unpooled.copiedBuffer("still here", StandardCharsets.US_ASCII))));
            assertThat(get(connection.receive().map(WifiPrograms::text).next())).isEqualTo("still here");
            run(connection.close());
        } finally {
            watching.dispose();
        }
    }

    private static String text(ByteBuf part) {
        try {
            return part.toString(StandardCharsets.US_ASCII);
        } finally {
            part.release();
        }
    }

    private static WifiChange next(BlockingQueue<WifiChange> changes) throws InterruptedException {
        WifiChange change = changes.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(change).isNotNull();
        return change;
    }

    private static Throwable end(CompletableFuture<?> stream) throws Exception {
        try {
            throw new AssertionError(
                    "it ended in order: " + stream.get(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
