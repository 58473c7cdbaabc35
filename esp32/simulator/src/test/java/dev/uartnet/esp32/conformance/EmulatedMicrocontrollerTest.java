package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.message.Operation;
import dev.uartnet.codec.request.RequestFailedException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Framing, link and messages of the firmware on a 32-bit microcontroller, its native code that of an ARM Cortex-M3. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmulatedMicrocontrollerTest {
    private static final int MESSAGES = 300;
    private static final int BYTES_MAX = 900;
    /** What the heap may have less after all these messages. */
    private static final int HEAP_SLACK = 1_000;

    private @Nullable EmulatedMicrocontroller board;
    private @Nullable Device device;
    private Host host;

    @BeforeAll
    void start() throws Exception {
        EmulatedMicrocontroller started = EmulatedMicrocontroller.start();
        board = started;
        device = Device.onPath(started.path());
    }

    @AfterAll
    void stop() {
        if (device != null) {
            device.close();
        }
        if (board != null) {
            board.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        host = new Host(Objects.requireNonNull(device));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void valuesComeBackAsTheyWere() throws IOException {
        List<@Nullable Object> values = Arrays.asList(
                null,
                true,
                0L,
                -1L,
                1L << 31,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                1.5,
                "Grüße",
                List.of("a", Map.of("k", 2L)));

        assertThat(host.request(Operation.PING, values.toArray())).isEqualTo(values);
    }

    @Test
    void manyMessagesOfAllSizesComeBackAndLeaveTheHeapAsItWas() throws Exception {
        echo(1);
        long free = heapFree();

        echo(2);

        assertThat(heapFree()).isGreaterThan(free - HEAP_SLACK);
    }

    private void echo(long seed) throws Exception {
        Random random = new Random(seed);
        List<byte[]> sent = new ArrayList<>();
        List<Future<List<@Nullable Object>>> answers = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            byte[] bytes = new byte[random.nextInt(BYTES_MAX)];
            random.nextBytes(bytes);
            if (i % 3 == 0) {
                Arrays.fill(bytes, (byte) (i % 2 == 0 ? 0xC0 : 0xDB)); // each to be escaped
            }
            sent.add(bytes);
            answers.add(host.begin(Operation.PING, Host.NO_DEADLINE, bytes));
        }
        for (int i = 0; i < MESSAGES; i++) {
            assertThat((byte[]) Host.results(answers.get(i)).get(0)).isEqualTo(sent.get(i));
        }
    }

    private long heapFree() throws IOException {
        return (Long) Objects.requireNonNull(host.info().get("heap_free"));
    }

    @Test
    void aSessionBeginsAnewWithTheSameBoot() throws Exception {
        int boot = host.session().bootId();
        host.close();

        host = new Host(Objects.requireNonNull(device));

        assertThat(host.session().bootId()).isEqualTo(boot);
        assertThat(host.info().get("platform")).isEqualTo("qemu");
    }

    @Test
    void withoutANetworkItSaysSo() {
        RequestFailedException refused =
                host.refused(Operation.TCP_CONNECT, 0, new byte[] {127, 0, 0, 1}, 80, 1000, Map.of());

        assertThat(refused.errorCode()).isEqualTo(ErrorCode.NETWORK_DOWN);
    }
}
