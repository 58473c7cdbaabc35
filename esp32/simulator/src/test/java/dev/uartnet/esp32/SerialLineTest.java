package dev.uartnet.esp32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uartnet.esp32.conformance.Peer;
import dev.uartnet.transport.MemoryPort;
import dev.uartnet.transport.UartException;
import dev.uartnet.transport.UartPort;
import dev.uartnet.transport.UartPortLostException;
import dev.uartnet.transport.UartSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SerialLineTest {
    private static final int CAPACITY = 1024;

    private final MemoryPort.Pair left = MemoryPort.pair(CAPACITY);
    private final MemoryPort.Pair right = MemoryPort.pair(CAPACITY);
    private final UartPort a = left.a();
    private final UartPort b = right.b();

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

    @Test
    void bytesPassBothWaysAtOnceAndAreCounted() throws Exception {
        byte[] content = Peer.content(200_000);
        SerialLine line = line(20_000_000);
        try (line) {
            Peer.thread(() -> write(a, content));
            Peer.thread(() -> write(b, content));
            ByteArrayOutputStream atA = new ByteArrayOutputStream();
            Thread reader = new Thread(() -> read(a, content.length, atA));
            reader.start();
            ByteArrayOutputStream atB = new ByteArrayOutputStream();
            read(b, content.length, atB);
            reader.join();

            assertThat(atB.toByteArray()).isEqualTo(content);
            assertThat(atA.toByteArray()).isEqualTo(content);
        }
        assertThat(line.toB().counters().bytesOut()).isEqualTo(content.length);
        assertThat(line.toA().counters().bytesOut()).isEqualTo(content.length);
    }

    @Test
    void bytesTakeTheirTime() throws Exception {
        byte[] content = Peer.content(2_000);
        SerialLine line = line(115_200);
        try (line) {
            long begun = System.nanoTime();
            Peer.thread(() -> write(a, content));
            read(b, content.length, new ByteArrayOutputStream());

            // Never faster than the line; how much slower depends on the machine, and is measured, not tested.
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(20_000L * 1_000_000_000L / 115_200);
        }
        assertThat(line.toB().counters().bytesOut()).isEqualTo(content.length);
    }

    @Test
    void aWriterWaitsForAReader() throws Exception {
        byte[] content = Peer.content(50_000);
        try (SerialLine line = line(20_000_000)) {
            Peer.thread(() -> write(a, content));
            while (line.toB().counters().bytesOut() < CAPACITY) {
                Thread.onSpinWait();
            }
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            read(b, content.length, received);

            assertThat(received.toByteArray()).isEqualTo(content);
        }
    }

    @Test
    void whenOneEndIsLostSoIsTheOtherBehindTheLastBytes() throws Exception {
        byte[] content = Peer.content(500);
        try (SerialLine line = line(921_600)) {
            write(a, content);
            a.close();
            ByteArrayOutputStream received = new ByteArrayOutputStream();

            read(b, content.length, received);

            assertThat(received.toByteArray()).isEqualTo(content);
            assertThatThrownBy(() -> b.read(new byte[1], 0, 1)).isInstanceOf(UartPortLostException.class);
            assertThat(line.toA().counters().bytesOut()).isZero();
        }
    }

    @Test
    void closingTheLineLosesBothEnds() throws Exception {
        line(921_600).close();

        assertThatThrownBy(() -> a.read(new byte[1], 0, 1)).isInstanceOf(UartPortLostException.class);
        assertThatThrownBy(() -> b.read(new byte[1], 0, 1)).isInstanceOf(UartPortLostException.class);
    }

    @Test
    void aPortThatCannotBeOpenedClosesTheOther() {
        right.a().close();

        assertThatThrownBy(() -> line(921_600)).isInstanceOf(UartException.class);
        assertThatThrownBy(() -> a.read(new byte[1], 0, 1)).isInstanceOf(UartPortLostException.class);
    }

    private SerialLine line(int baud) throws IOException {
        return SerialLine.between(left.b(), right.a()).baud(baud).start();
    }

    private static void write(UartPort port, byte[] bytes) throws IOException {
        int done = 0;
        while (done < bytes.length) {
            int count = port.write(bytes, done, bytes.length - done);
            if (count < 0) {
                throw new IOException("closed");
            }
            done += count;
        }
    }

    private static void read(UartPort port, int length, ByteArrayOutputStream target) {
        byte[] chunk = new byte[777];
        try {
            while (target.size() < length) {
                int count = port.read(chunk, 0, Math.min(chunk.length, length - target.size()));
                if (count < 0) {
                    throw new AssertionError("closed after " + target.size() + " bytes");
                }
                target.write(chunk, 0, count);
            }
        } catch (IOException e) {
            throw new AssertionError("lost after " + target.size() + " bytes", e);
        }
    }
}
