package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static dev.uartnet.proxy.TestLine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.esp32.Firmware;
import dev.uartnet.proxy.LinkState.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** The real firmware is killed, or stands still, in the middle of a transfer, and comes back; and so does the host. */
@Timeout(120)
class FirmwareRecoveryTest {
    /** What is promised: an error within this time of the kill. */
    private static final int ERROR_SECONDS_MAX = 3;

    @TempDir
    Path folder = Path.of("");

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

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

    private static void isWhole(ProxyClient client, BodyServer server, long bytes) throws Exception {
        var digest = BodyServer.digest();
        Flux<byte[]> body = client.httpClient()
                .get()
                .uri(server.uri("/length/" + bytes))
                .responseContent()
                .asByteArray();
        assertThat(get(body.doOnNext(digest::update).count())).isPositive();
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(BodyServer.sha256(bytes));
    }

    /** The firmware behind a name of the test's, as udev makes one that stays. */
    private Firmware plug(Path link) throws Exception {
        Firmware firmware = RealFirmware.start(Firmware.builder());
        Path next = folder.resolve("next");
        Files.createSymbolicLink(next, Path.of(firmware.path()).toRealPath());
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
        return firmware;
    }

    @Test
    void killedAndStartedAgain() throws Exception {
        Path link = folder.resolve("esp32");
        Firmware first = plug(link);
        try (first;
                BodyServer server = new BodyServer()) {
            ProxyClient client = get(ProxyClient.connect(link.toString()));
            int boot = client.session().bootId();
            CompletableFuture<Void> download = download(client, server);
            signal("KILL", first.pid());
            assertThatThrownBy(() -> download.get(ERROR_SECONDS_MAX, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(LinkLostException.class);
            assertThat(client.states()
                            .filter(state -> state.kind() == Kind.RECONNECTING)
                            .blockFirst(WAIT))
                    .isNotNull();
            CompletableFuture<Duration> ping = client.ping().toFuture();
            Files.delete(link);
            try (Firmware second = plug(link)) {
                assertThat(second.isAlive()).isTrue();
                assertThat(ping.get(20, TimeUnit.SECONDS)).isPositive();
                assertThat(client.session().bootId()).isNotEqualTo(boot);
                isWhole(client, server, 200_000);
                client.close().block(WAIT);
            }
        }
    }

    @Test
    void standingStillAndGoingOn() throws Exception {
        try (Firmware firmware = RealFirmware.start(Firmware.builder());
                BodyServer server = new BodyServer()) {
            ProxyClient client = get(ProxyClient.connector()
                    .port(firmware.path())
                    .link(LinkConfig.host().withKeepalive(Duration.ofMillis(200)))
                    .connect());
            int boot = client.session().bootId();
            int tag = client.session().tag();
            CompletableFuture<Void> download = download(client, server);
            signal("STOP", firmware.pid());
            assertThatThrownBy(() -> download.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(LinkLostException.class);
            signal("CONT", firmware.pid());
            LinkState up = Objects.requireNonNull(client.states()
                    .filter(state -> state.isConnected() && state.session().tag() != tag)
                    .blockFirst(WAIT));
            assertThat(up.session().bootId()).isEqualTo(boot);
            isWhole(client, server, 200_000);
            client.close().block(WAIT);
        }
    }

    @Test
    void theHostIsKilled() throws Exception {
        try (Firmware firmware = RealFirmware.start(Firmware.builder());
                BodyServer server = new BodyServer()) {
            HostProcess.killInADownload(firmware.path(), server);
            // The device has closed the socket, though no other host has come.
            server.awaitReset(Duration.ofSeconds(10));
            ProxyClient next = get(ProxyClient.connect(firmware.path()));
            assertThat(get(next.info()).channels()).isZero();
            isWhole(next, server, 200_000);
            next.close().block(WAIT);
        }
    }

    @Test
    void theHostIsKilledAndTheNextOneComesAtOnce() throws Exception {
        try (Firmware firmware = RealFirmware.start(Firmware.builder());
                BodyServer server = new BodyServer()) {
            HostProcess.killInADownload(firmware.path(), server);
            ProxyClient next = get(ProxyClient.connect(firmware.path()));
            isWhole(next, server, 200_000);
            server.awaitReset(Duration.ofSeconds(10));
            next.close().block(WAIT);
        }
    }
}
