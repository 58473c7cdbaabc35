package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.esp32.PluggablePort;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.LinkState.Kind;
import dev.uartnet.transport.UartPortInfo;
import dev.uartnet.transport.UartPortLocator;
import dev.uartnet.transport.UartPortNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.util.retry.Retry;

/** The port vanishes and comes back: pseudo terminals, opened as the system's serial ports are. */
@Timeout(120)
class PortRecoveryTest {
    private static final int SILICON_LABS = 0x10c4;
    private static final int CP210X = 0xea60;

    @TempDir
    Path folder = Path.of("");

    private volatile List<UartPortInfo> ports = List.of();

    private static ProxyConnector quick() {
        return ProxyClient.connector()
                .reconnect(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(20)).maxBackoff(Duration.ofMillis(200)));
    }

    private static LinkState await(ProxyClient client, Kind kind) {
        return Objects.requireNonNull(
                client.states().filter(state -> state.kind() == kind).blockFirst(WAIT));
    }

    /** A download that never ends by itself; returns when it has begun. */
    private static CompletableFuture<Void> download(ProxyClient client, BodyServer server) throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> download = client.httpClient()
                .get()
                .uri(server.uri("/length/2000000000"))
                .responseContent()
                .doOnNext(data -> begun.complete(null))
                .then()
                .toFuture();
        begun.get(20, TimeUnit.SECONDS);
        return download;
    }

    private static void isLost(CompletableFuture<Void> download) {
        assertThatThrownBy(() -> download.get(3, TimeUnit.SECONDS)).hasCauseInstanceOf(LinkLostException.class);
    }

    private static VirtualEsp32 device(CompletableFuture<String> path) throws Exception {
        VirtualEsp32 device = VirtualEsp32.builder().build();
        path.complete(device.servePty());
        return device;
    }

    private static VirtualEsp32 deviceAt(Path link) throws Exception {
        VirtualEsp32 device = VirtualEsp32.builder().build();
        Files.createSymbolicLink(link, Path.of(device.servePty()));
        return device;
    }

    @Test
    void aPortThatReturnsUnderTheSameName() throws Exception {
        Path link = folder.resolve("by-id");
        VirtualEsp32 first = deviceAt(link);
        try (BodyServer server = new BodyServer()) {
            ProxyClient client = get(quick().port(link.toString()).connect());
            CompletableFuture<Void> download = download(client, server);
            first.close();
            Files.delete(link);
            isLost(download);
            LinkState down = await(client, Kind.RECONNECTING);
            assertThat(down.session().bootId()).isEqualTo(first.bootId());
            // At least one attempt finds nothing.
            LinkState failed = Objects.requireNonNull(
                    client.states().filter(state -> state.attempts() > 0).blockFirst(WAIT));
            assertThat(failed.cause()).isInstanceOf(UartPortNotFoundException.class);
            try (VirtualEsp32 second = deviceAt(link)) {
                assertThat(get(client.ping())).isPositive();
                assertThat(client.session().bootId()).isEqualTo(second.bootId());
                isWhole(client, server);
                client.close().block(WAIT);
            }
        } finally {
            first.close();
        }
    }

    private static void isWhole(ProxyClient client, BodyServer server) {
        assertThat(get(client.httpClient()
                        .get()
                        .uri(server.uri("/chunked/100000"))
                        .responseContent()
                        .aggregate()
                        .asByteArray()))
                .hasSize(100_000);
    }

    private static UartPortInfo port(String path, String serialNumber) {
        return new UartPortInfo(path, "CP2102", "Silicon Labs", SILICON_LABS, CP210X, serialNumber);
    }

    @Test
    void aPortThatReturnsUnderAnotherName() throws Exception {
        CompletableFuture<String> path = new CompletableFuture<>();
        VirtualEsp32 first = device(path);
        try (BodyServer server = new BodyServer()) {
            ports = List.of(port(path.get(), "A1"), port("/dev/ttyUSB9", "B2"));
            ProxyClient client =
                    get(quick().connect(new SerialConnector(UartPortLocator.named(path.get(), () -> ports))));
            CompletableFuture<Void> download = download(client, server);
            first.close();
            ports = List.of(port("/dev/ttyUSB9", "B2"));
            isLost(download);
            await(client, Kind.RECONNECTING);
            CompletableFuture<String> elsewhere = new CompletableFuture<>();
            try (VirtualEsp32 second = device(elsewhere)) {
                ports = List.of(port("/dev/ttyUSB9", "B2"), port(elsewhere.get(), "A1"));
                assertThat(get(client.ping())).isPositive();
                assertThat(client.session().bootId()).isEqualTo(second.bootId());
                isWhole(client, server);
                client.close().block(WAIT);
            }
        } finally {
            first.close();
        }
    }

    /** As a hub that was pulled out: the board has its own supply, and knows nothing of it. */
    @Test
    void anAdapterThatIsPulledOutAndPutInSomewhereElse() throws Exception {
        PluggablePort adapter = PluggablePort.at(folder.resolve("ttyUSB0"));
        try (BodyServer server = new BodyServer();
                VirtualEsp32 device = VirtualEsp32.builder().start(adapter)) {
            String name = adapter.path().toString();
            ports = List.of(port(Path.of(name).toRealPath().toString(), "A1"));
            ProxyClient client = get(quick().connect(new SerialConnector(UartPortLocator.named(name, () -> ports))));
            for (String next : List.of("ttyUSB0", "ttyUSB1", "ttyUSB2", "ttyUSB2")) {
                int tag = client.session().tag();
                CompletableFuture<Void> download = download(client, server);
                ports = List.of();
                adapter.unplug();
                isLost(download);
                adapter.plug(folder.resolve(next));
                ports = List.of(port(adapter.path().toRealPath().toString(), "A1"));
                isWhole(client, server);
                assertThat(client.session().bootId()).isEqualTo(device.bootId());
                assertThat(client.session().tag()).isNotEqualTo(tag);
            }
            client.close().block(WAIT);
        } finally {
            adapter.close();
        }
    }

    @Test
    void aPortWithoutANameOfItsOwn() throws Exception {
        SerialConnector serial = new SerialConnector(UartPortLocator.usb("A1", () -> ports));
        assertThatThrownBy(() -> quick().connect(serial).block(WAIT))
                .hasCauseInstanceOf(UartPortNotFoundException.class)
                .hasMessageContaining("cannot find a port with the USB serial number A1");
        CompletableFuture<String> path = new CompletableFuture<>();
        VirtualEsp32 first = device(path);
        try {
            ports = List.of(port(path.get(), "A1"));
            ProxyClient client = get(quick().connect(serial));
            assertThat(get(client.ping())).isPositive();
            ports = List.of();
            first.close();
            await(client, Kind.RECONNECTING);
            CompletableFuture<String> elsewhere = new CompletableFuture<>();
            try (VirtualEsp32 second = device(elsewhere)) {
                ports = List.of(port(elsewhere.get(), "A1"));
                assertThat(get(client.info()).bootId()).isEqualTo(Integer.toUnsignedLong(second.bootId()));
                client.close().block(WAIT);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void noMachineHasThisSerialNumber() {
        assertThatThrownBy(() -> ProxyClient.connector()
                        .usbSerialNumber("no such serial number")
                        .connect()
                        .block(WAIT))
                .hasCauseInstanceOf(UartPortNotFoundException.class);
    }
}
