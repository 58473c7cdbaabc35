package dev.uartnet.esp32.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uartnet.codec.message.Operation;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Section 8 of PROTOCOL.md: a handshake has 10 s. All devices at once, so that this costs them only once. */
class StuckHandshakeTest {
    private static final int CREDIT = 1000;
    /** Longer than the device waits, with a margin for a busy machine. */
    private static final int LONGEST_MILLIS = 60_000;

    @Test
    void whoDoesNotFinishItIsClosedAndCounted() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<DeviceKind> passed = new ArrayList<>();
        EnumSet<DeviceKind> kinds = EnumSet.complementOf(EnumSet.of(DeviceKind.FIRMWARE_32_BIT_110K));
        for (DeviceKind kind : kinds) {
            Device device = kind.start(); // here, for the test is skipped where there is none
            Thread thread = new Thread(
                    () -> {
                        try (device) {
                            awaitEndOfStuckClient(device);
                            synchronized (passed) {
                                passed.add(kind);
                            }
                        } catch (Exception e) {
                            throw new IllegalStateException("no end of the handshake with " + kind, e);
                        }
                    },
                    "stuck-" + kind);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(passed).containsExactlyInAnyOrderElementsOf(kinds);
    }

    private static void awaitEndOfStuckClient(Device device) throws Exception {
        X509Bundle server = Certificates.SERVER;
        Map<String, Object> identity =
                Map.of("certificate", Certificates.der(server), "key", Certificates.keyDer(server));
        try (Host host = new Host(device);
                Clients clients = new Clients()) {
            long before = host.counter("refused");
            HostListener listener = host.listen(Operation.TLS_LISTEN, 0, 0, 0, 10, CREDIT, identity);
            Socket stuck = clients.connect(listener.port());
            stuck.setSoTimeout(LONGEST_MILLIS);
            stuck.getOutputStream().write(22); // the first byte of a record
            Peer.awaitEnd(stuck);

            if (host.counter("refused") != before + 1 || listener.waiting() > 0) {
                throw new IOException("not counted");
            }
        }
    }
}
