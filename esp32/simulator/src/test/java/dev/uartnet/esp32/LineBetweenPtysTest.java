package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.esp32.conformance.Peer;
import dev.uartnet.transport.FlowControl;
import dev.uartnet.transport.JSerialCommPort;
import dev.uartnet.transport.LineEnd;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartSettings;
import dev.uartnet.transport.pty.PseudoTerminal;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a line knows of its ends only by what the kernel tells of a pseudo terminal. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineBetweenPtysTest {
    private final PseudoTerminal left = terminal();
    private final PseudoTerminal right = terminal();
    private final UartPort a = new JSerialCommPort(left.slavePath());
    private final UartPort b = new JSerialCommPort(right.slavePath());
    private final SerialLine.Builder builder = SerialLine.between(left.masterPort(), right.masterPort());

    private static PseudoTerminal terminal() {
        try {
            return PseudoTerminal.open();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void open() throws IOException {
        a.open(UartSettings.DEFAULT.withBaudRate(921_600));
        b.open(UartSettings.DEFAULT.withBaudRate(921_600));
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        left.close();
        right.close();
    }

    private static void write(UartPort port, byte[] bytes) throws IOException {
        for (int done = 0; done < bytes.length; ) {
            done += port.write(bytes, done, bytes.length - done);
        }
    }

    private static byte[] read(UartPort port, int length) throws IOException {
        byte[] target = new byte[length];
        for (int done = 0; done < length; ) {
            done += port.read(target, done, length - done);
        }
        return target;
    }

    private static void awaitSent(LineDirection direction, long bytes) {
        while (direction.counters().bytesIn() < bytes) {
            Thread.onSpinWait();
        }
    }

    private static void awaitUnread(LineEnd end, int bytes) {
        while (end.farUnread() != bytes) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFullFifoLosesBytes() throws Exception {
        byte[] content = Peer.content(4_000);
        try (SerialLine line = builder.fifo(64, FlowControl.NONE).start()) {
            write(a, content);
            awaitSent(line.toB(), content.length);
            awaitUnread(right.masterPort(), (int) line.toB().counters().bytesOut());
            int got = (int) line.toB().counters().bytesOut();

            // The kernel passes them on by another thread: until that has run, the FIFO takes some more.
            assertThat(got).isBetween(64, content.length / 2);
            assertThat(line.toB().counters().overruns()).isEqualTo(content.length - got);
            assertThat(Arrays.copyOf(read(b, got), 64)).isEqualTo(Arrays.copyOf(content, 64));
            write(a, new byte[] {42});
            assertThat(read(b, 1)).containsExactly(42);
        }
    }

    @Test
    void withFlowControlNothingIsLost() throws Exception {
        byte[] content = Peer.content(2_000);
        try (SerialLine line = builder.fifo(64, FlowControl.RTS_CTS).start()) {
            write(a, content);

            assertThat(read(b, content.length)).isEqualTo(content);
            assertThat(line.toB().counters().overruns()).isZero();
        }
    }

    @Test
    void theSpeedFollowsItsEnds() throws Exception {
        byte[] content = Peer.content(600);
        try (SerialLine line = builder.start()) {
            write(a, content);
            assertThat(read(b, content.length)).isEqualTo(content);

            a.configure(UartSettings.DEFAULT.withBaudRate(57_600));
            write(a, content);
            awaitSent(line.toB(), 2L * content.length);
            assertThat(line.toB().counters().garbled()).isEqualTo(content.length);
            long garbage = line.toB().counters().bytesOut() - content.length;
            read(b, (int) garbage);

            b.configure(UartSettings.DEFAULT.withBaudRate(57_600));
            long begun = System.nanoTime();
            write(b, content);
            assertThat(read(a, content.length)).isEqualTo(content);
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(100_000_000);
            write(a, content);
            assertThat(read(b, content.length)).isEqualTo(content);
        }
    }
}
