package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.esp32.conformance.Peer;
import dev.uartnet.transport.FlowControl;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a line does to bytes, between ports in memory. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineDisturbanceTest {
    private static final int FAST = 20_000_000;

    private final MemoryPort.Pair left = MemoryPort.pair();
    private final MemoryPort.Pair right = MemoryPort.pair();
    private final MemoryPort a = left.a();
    private final MemoryPort b = right.b();
    private final SerialLine.Builder builder = SerialLine.between(left.b(), right.a());

    @BeforeEach
    void open() throws IOException {
        a.open(UartSettings.DEFAULT);
        b.open(UartSettings.DEFAULT);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    /** Waits until so many bytes have left, come or lost. */
    private static void awaitSent(LineDirection direction, long bytes) {
        while (direction.counters().bytesIn() < bytes) {
            Thread.onSpinWait();
        }
    }

    private static byte[] read(MemoryPort port, int length) throws IOException {
        byte[] target = new byte[length];
        for (int done = 0; done < length; ) {
            done += port.read(target, done, length - done);
        }
        return target;
    }

    @Test
    void aSeedGivesTheSameFaultsEachTimeAndOthersInTheOtherDirection() throws Exception {
        LineFaults faults = LineFaults.NONE.withByteError(1e-2).withBurst(1e-3, 20);
        byte[] content = Peer.content(20_000);
        byte[] expected = new FaultStream(faults, 99).apply(content);
        try (SerialLine line = builder.baud(FAST).faults(faults).seed(99).start()) {
            assertThat(line.seed()).isEqualTo(99);
            a.write(content, 0, content.length);
            b.write(content, 0, content.length);

            assertThat(read(b, expected.length)).isEqualTo(expected);
            awaitSent(line.toA(), content.length);
            byte[] atA = read(a, (int) line.toA().counters().bytesOut());
            assertThat(atA).isNotEqualTo(Arrays.copyOf(expected, atA.length));
        }
    }

    @Test
    void faultsMayBeOfOneDirectionOnlyAndChange() throws Exception {
        byte[] content = Peer.content(2_000);
        try (SerialLine line =
                builder.baud(FAST).faultsToB(LineFaults.NONE.withDrop(1)).start()) {
            a.write(content, 0, content.length);
            b.write(content, 0, content.length);
            assertThat(read(a, content.length)).isEqualTo(content);
            awaitSent(line.toB(), content.length);
            assertThat(line.toB().counters().dropped()).isEqualTo(content.length);

            line.faults(LineFaults.NONE);
            a.write(content, 0, content.length);
            assertThat(read(b, content.length)).isEqualTo(content);
        }
    }

    @Test
    void aCutLineLosesBytesUntilItIsRestored() throws Exception {
        byte[] content = Peer.content(3_000);
        try (SerialLine line = builder.baud(FAST).start()) {
            line.cut();
            a.write(content, 0, content.length);
            b.write(content, 0, content.length);
            awaitSent(line.toB(), content.length);
            awaitSent(line.toA(), content.length);
            line.restore();
            a.write(content, 0, content.length);

            assertThat(read(b, content.length)).isEqualTo(content);
            assertThat(line.toB().counters().lostToCut()).isEqualTo(content.length);
            assertThat(line.toA().counters().lostToCut()).isEqualTo(content.length);
            assertThat(line.toA().counters().bytesOut()).isZero();
        }
    }

    @Test
    void aStallDelaysAndLosesNothing() throws Exception {
        byte[] content = Peer.content(1_000);
        try (SerialLine line = builder.baud(FAST).start()) {
            long begun = System.nanoTime();
            line.stall(Duration.ofMillis(30));
            line.stall(Duration.ofMillis(20));
            a.write(content, 0, content.length);

            assertThat(read(b, content.length)).isEqualTo(content);
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(50_000_000);
        }
    }

    @Test
    void stallsByChanceDelayToo() throws Exception {
        byte[] content = Peer.content(100);
        LineFaults faults = LineFaults.NONE.withStall(1e-1, Duration.ofMillis(5));
        try (SerialLine line = builder.baud(FAST).faults(faults).seed(3).start()) {
            long begun = System.nanoTime();
            a.write(content, 0, content.length);
            assertThat(read(b, content.length)).isEqualTo(content);
            a.write(content, 0, 1);
            read(b, 1);

            long stalls = line.toB().counters().stalls();
            assertThat(stalls).isBetween(3L, 20L);
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo((stalls - 1) * 5_000_000);
        }
    }

    @Test
    void aLongStallDoesNotKeepALineFromBeingClosed() throws Exception {
        SerialLine line = builder.baud(FAST).start();
        a.write(new byte[10], 0, 10);
        line.stall(Duration.ofHours(1));
        line.close();

        assertThat(line.toB().counters().overruns()).isZero();
    }

    @Test
    void anAdapterCollectsBytesUntilItsTimerEnds() throws Exception {
        long begun = System.nanoTime();
        try (SerialLine line =
                builder.baud(FAST).latency(Duration.ofMillis(200)).start()) {
            a.write(Peer.content(20), 0, 20);
            awaitSent(line.toB(), 20);
            assertThat(read(b, 20)).isEqualTo(Peer.content(20));
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(200_000_000);

            // The timer has just ended: full packets do not wait for its next end, but what is left does.
            a.write(Peer.content(150), 0, 150);
            assertThat(read(b, 124)).isEqualTo(Arrays.copyOf(Peer.content(150), 124));
            assertThat(right.a().farUnread()).isZero();
            assertThat(read(b, 26)).isEqualTo(Arrays.copyOfRange(Peer.content(150), 124, 150));
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(400_000_000);
        }
    }

    @Test
    void aFullFifoLosesBytes() throws Exception {
        byte[] content = Peer.content(1_000);
        try (SerialLine line = builder.baud(FAST).fifo(64, FlowControl.NONE).start()) {
            a.write(content, 0, content.length);
            awaitSent(line.toB(), content.length);
            a.write(content, 0, 1);
            awaitSent(line.toB(), content.length + 1);

            assertThat(read(b, 64)).isEqualTo(Arrays.copyOf(content, 64));
            assertThat(line.toB().counters().overruns()).isBetween(content.length - 64L, content.length - 63L);
        }
    }

    @Test
    void withFlowControlAFullFifoMakesTheSenderWait() throws Exception {
        byte[] content = Peer.content(1_000);
        try (SerialLine line = builder.baud(FAST).fifo(64, FlowControl.RTS_CTS).start()) {
            a.write(content, 0, content.length);
            while (line.toB().counters().bytesOut() < 64) {
                Thread.onSpinWait();
            }
            assertThat(right.a().farUnread()).isEqualTo(64);

            assertThat(read(b, content.length)).isEqualTo(content);
            assertThat(line.toB().counters().overruns()).isZero();
        }
    }

    @Test
    void aLineHasTheSpeedOfEachSender() throws Exception {
        a.configure(UartSettings.DEFAULT.withBaudRate(9600));
        b.configure(UartSettings.DEFAULT.withBaudRate(9600));
        try (SerialLine line = builder.start()) {
            long begun = System.nanoTime();
            a.write(new byte[48], 0, 48);
            read(b, 48);
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(50_000_000);

            a.configure(UartSettings.DEFAULT.withBaudRate(921_600));
            b.configure(UartSettings.DEFAULT.withBaudRate(920_000)); // 0.2 % off: UARTs live with it
            a.write(Peer.content(500), 0, 500);
            assertThat(read(b, 500)).isEqualTo(Peer.content(500));
            assertThat(line.toB().counters().garbled()).isZero();
        }
    }

    @Test
    void bytesOfAnotherSpeedAreGarbage() throws Exception {
        byte[] content = Peer.content(1_000);
        a.configure(UartSettings.DEFAULT.withBaudRate(921_600));
        b.configure(UartSettings.DEFAULT.withBaudRate(460_800));
        try (SerialLine line = builder.start()) {
            a.write(content, 0, content.length);
            awaitSent(line.toB(), content.length);
            byte[] garbage = read(b, 500);
            b.configure(UartSettings.DEFAULT.withBaudRate(921_600));
            a.write(content, 0, content.length);

            assertThat(read(b, content.length)).isEqualTo(content);
            assertThat(garbage).isNotEqualTo(Arrays.copyOf(content, 500));
            assertThat(line.toB().counters().garbled()).isEqualTo(content.length);
        }
    }

    @Test
    void aSpeedMayBeTooHighForTheLine() throws Exception {
        byte[] content = Peer.content(4_000);
        a.configure(UartSettings.DEFAULT.withBaudRate(460_800));
        b.configure(UartSettings.DEFAULT.withBaudRate(460_800));
        try (SerialLine line = builder.maxCleanBaud(460_800).seed(4).start()) {
            a.write(content, 0, content.length);
            assertThat(read(b, content.length)).isEqualTo(content);

            a.configure(UartSettings.DEFAULT.withBaudRate(921_600));
            b.configure(UartSettings.DEFAULT.withBaudRate(921_600));
            a.write(content, 0, content.length);
            awaitSent(line.toB(), 2L * content.length);
            assertThat(line.toB().counters().flipped()).isGreaterThan(50);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> builder.fifo(0, FlowControl.NONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.fifo(64, FlowControl.XON_XOFF)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.latency(Duration.ofMillis(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.baud(299)).isInstanceOf(IllegalArgumentException.class);
    }
}
