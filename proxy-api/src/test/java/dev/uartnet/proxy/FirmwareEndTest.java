package dev.uartnet.proxy;

import static dev.uartnet.proxy.TestLine.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.codec.link.LinkConfig;
import dev.uartnet.codec.link.LinkException;
import dev.uartnet.codec.link.LinkSilentException;
import dev.uartnet.esp32.Firmware;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The firmware goes away in the middle of a download. */
class FirmwareEndTest {
    private static void endsDuringADownload(String signal, Class<? extends Throwable> cause) throws Exception {
        try (Firmware firmware = RealFirmware.start(Firmware.builder());
                BodyServer server = new BodyServer()) {
            ProxyClient client = Objects.requireNonNull(ProxyClient.connector()
                    .port(firmware.path())
                    .noReconnect()
                    .link(LinkConfig.host().withKeepalive(Duration.ofMillis(200)))
                    .connect()
                    .block(WAIT));
            CompletableFuture<Void> begun = new CompletableFuture<>();
            CompletableFuture<Void> download = client.httpClient()
                    .get()
                    .uri(server.uri("/length/2000000000"))
                    .responseContent()
                    .doOnNext(data -> begun.complete(null))
                    .then()
                    .toFuture();
            begun.get(20, TimeUnit.SECONDS);
            Process kill = new ProcessBuilder("kill", signal, Long.toString(firmware.pid())).start();
            assertThat(kill.waitFor()).isZero();

            ThrowingCallable wait = () -> download.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(wait).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(LinkLostException.class);
            assertThatThrownBy(() -> client.onClose().block(WAIT))
                    .cause()
                    .isInstanceOf(LinkLostException.class)
                    .hasCauseInstanceOf(cause);
            assertThat(client.isDisposed()).isTrue();
            new ProcessBuilder("kill", "-CONT", Long.toString(firmware.pid()))
                    .start()
                    .waitFor();
        }
    }

    @Test
    void killed() throws Exception {
        endsDuringADownload("-KILL", LinkException.class);
    }

    @Test
    void stopped() throws Exception {
        endsDuringADownload("-STOP", LinkSilentException.class);
    }
}
