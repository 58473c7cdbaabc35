package dev.uartnet.proxy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.SimulatedNetwork;
import dev.uartnet.esp32.VirtualEsp32;
import dev.uartnet.proxy.ProxyClient;
import dev.uartnet.proxy.board.PinEdge;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoardExamplesTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    private VirtualEsp32 board;
    private ProxyClient device;

    @BeforeEach
    void open() throws Exception {
        board = VirtualEsp32.builder().allow("everything").build();
        device = Objects.requireNonNull(ProxyClient.connect(board.servePty()).block(WAIT));
    }

    @AfterEach
    void close() {
        device.close().block(WAIT);
        board.close();
    }

    @Test
    void rings() throws Exception {
        CompletableFuture<PinEdge> pressed = Doorbell.presses(device).next().toFuture();
        // Until the button is watched; each level for longer than it may bounce.
        for (boolean level = false; !isDoneWithin(100, pressed); level = !level) {
            board.pins().drive(4, level);
        }
        assertThat(pressed.get(20, TimeUnit.SECONDS).level()).isFalse();
    }

    private static boolean isDoneWithin(long millis, CompletableFuture<?> future) throws Exception {
        try {
            future.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void movesIn() {
        board.radio().add(SimulatedNetwork.secured("home", "correct horse").withRssi(-61));
        assertThat(NewHome.moveIn(device, "home", "correct horse").block(WAIT)).isEqualTo("in home with -61 dBm");
        assertThat(new String(Objects.requireNonNull(board.files().read("/data/moved-in.txt")), StandardCharsets.UTF_8))
                .startsWith("since 20");
    }
}
