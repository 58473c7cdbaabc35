package dev.uartnet.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryPortTest {
    private final MemoryPort.Pair pair = MemoryPort.pair(16);
    private final MemoryPort a = pair.a();
    private final MemoryPort b = pair.b();

    @BeforeEach
    void open() throws Exception {
        a.open(UartSettings.DEFAULT);
        b.open(UartSettings.DEFAULT.withBaudRate(9600));
    }

    private interface Call {
        int run() throws Exception;
    }

    private static CompletableFuture<Integer> elsewhere(Call call) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.run());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    @Test
    void whatOneEndWritesTheOtherReads() throws Exception {
        assertThat(a.write(new byte[] {9, 1, 2, 3}, 1, 3)).isEqualTo(3);
        byte[] target = new byte[10];
        assertThat(b.read(target, 2, 8)).isEqualTo(3);
        assertThat(target).startsWith(0, 0, 1, 2, 3);
        assertThat(b.settings().baudRate()).isEqualTo(9600);
    }

    @Test
    void aWriterWaitsForRoom() throws Exception {
        byte[] twenty = new Pattern(1).bytes(0, 20);
        assertThat(a.write(twenty, 0, 20)).isEqualTo(16);
        CompletableFuture<Integer> rest = elsewhere(() -> a.write(twenty, 16, 4));
        assertThat(rest).isNotDone();
        byte[] target = new byte[20];
        assertThat(b.read(target, 0, 3)).isEqualTo(3);
        assertThat(rest.get(5, TimeUnit.SECONDS)).isBetween(1, 3);
    }

    @Test
    void aReaderWaitsForABlockedEndUntilEitherCloses() throws Exception {
        CompletableFuture<Integer> own = elsewhere(() -> a.read(new byte[1], 0, 1));
        CompletableFuture<Integer> others = elsewhere(() -> b.read(new byte[1], 0, 1));
        a.close();
        assertThat(own.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThatThrownBy(() -> others.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(UartPortLostException.class);
        assertThat(b.isLost()).isTrue();
        assertThatThrownBy(() -> b.write(new byte[1], 0, 1)).isInstanceOf(UartPortLostException.class);
        assertThatThrownBy(() -> a.open(UartSettings.DEFAULT)).isInstanceOf(UartException.class);
    }

    @Test
    void aBlockedWriterReturnsWhenItsEndIsClosed() throws Exception {
        assertThat(a.write(new byte[16], 0, 16)).isEqualTo(16);
        CompletableFuture<Integer> write = elsewhere(() -> a.write(new byte[1], 0, 1));
        a.close();
        assertThat(write.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
    }

    @Test
    void whatWasUnderWayIsReadBeforeTheLoss() throws Exception {
        a.write(new byte[] {7}, 0, 1);
        a.close();
        assertThat(b.isLost()).isFalse();
        byte[] target = new byte[4];
        assertThat(b.read(target, 0, 4)).isEqualTo(1);
        assertThat(target[0]).isEqualTo((byte) 7);
        assertThatThrownBy(() -> b.read(target, 0, 4)).isInstanceOf(UartPortLostException.class);
    }
}
